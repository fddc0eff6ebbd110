"""The predictions of a run's best epoch on the validation reviews, and the list of these reviews.

Each run has its own `validation.npz`. `validation_reviews.npz` is the same for all runs on a split:
it is written once, under a name derived from its content, and linked into each run folder, so that
a folder that is moved or copied alone is still complete.
"""

import hashlib
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.atomic import atomic_path, share_file
from reviewlab.runs.files import UNREADABLE, is_regular

PROBABILITIES = "validation.npz"
REVIEWS = "validation_reviews.npz"

RATIO = 100
ALWAYS_ALLOWED = 2**28
"""Bounds on the bytes that a file unpacks to: relative to its size, and for small files."""

Arrays = dict[str, NDArray[Any]]


class ValidationReviews(NamedTuple):
    """The reviews of a validation split.

    Attributes:
        labels: label of each review, int64 `[reviews]`.
        places: position of each review in the data source, int64 `[reviews]`.
        groups: group of each review, int64 `[reviews]`; None if the split has no groups.
        texts: a number that reviews with the same text share, int64 `[reviews]`; None if no text is
            repeated, and in files of earlier versions.
    """

    labels: NDArray[np.int64]
    places: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    texts: NDArray[np.int64] | None = None

    def first(self, count: int) -> "ValidationReviews":
        """Return the first `count` reviews, the only ones read if a limit shortens validation."""
        shorter = {name: part[:count] for name, part in self._asdict().items() if part is not None}
        return ValidationReviews(**shorter)

    def equals(self, other: "ValidationReviews") -> bool:
        """Return True if both are the same reviews with the same labels, in the same order."""
        same_labels = np.array_equal(self.labels, other.labels)
        return same_labels and np.array_equal(self.places, other.places)


class Validation(NamedTuple):
    """The predictions of one epoch on the validation reviews.

    Attributes:
        epoch: number of the epoch, from 0.
        probabilities: class probabilities, float16 `[reviews, classes]`.
        reviews: the reviews that were predicted.
    """

    epoch: int
    probabilities: NDArray[np.float16]
    reviews: ValidationReviews


def write_validation(folder: Path, validation: Validation, shared: Path | None = None) -> None:
    """Write the predictions of an epoch to a run folder, atomically.

    Args:
        folder: the run folder.
        validation: the predictions.
        shared: folder for files that are shared by all runs on the same split; None to share none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_reviews(folder, validation.reviews, shared)
    arrays = {"probabilities": validation.probabilities, "epoch": np.array(validation.epoch)}
    _save(folder / PROBABILITIES, arrays)


def read_validation(folder: Path) -> Validation:
    """Read the predictions that `write_validation` wrote.

    Raises:
        InputError: a file is missing or damaged, or the two files do not match.
    """
    own, reviews = _load(folder / PROBABILITIES), _load(folder / REVIEWS)
    try:
        probabilities, epoch = own["probabilities"], int(own["epoch"])
        split = ValidationReviews(
            reviews["labels"], reviews["places"], reviews.get("groups"), reviews.get("texts")
        )
        lengths = {len(probabilities), *(len(part) for part in split if part is not None)}
        match = len(lengths) == 1 and probabilities.ndim == 2 and probabilities.dtype == np.float16
    except UNREADABLE:
        match = False
    if not match:
        raise InputError(f"{str(folder)!r}: {PROBABILITIES} and {REVIEWS} do not match")
    return Validation(epoch, probabilities, split)


def _write_reviews(folder: Path, reviews: ValidationReviews, shared: Path | None) -> None:
    arrays = {name: part for name, part in reviews._asdict().items() if part is not None}
    if shared is None:
        _save(folder / REVIEWS, arrays)
        return
    path = shared / f"{_digest(arrays)}.npz"
    if not path.exists():
        shared.mkdir(parents=True, exist_ok=True)
        _save(path, arrays)
    share_file(path, folder / REVIEWS)


def _digest(arrays: Arrays) -> str:
    content = hashlib.sha256()
    for name, array in arrays.items():
        content.update(f"{name} {len(array)} ".encode() + np.ascontiguousarray(array).tobytes())
    return content.hexdigest()[:16]


def _save(path: Path, arrays: Arrays) -> None:
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _load(path: Path) -> Arrays:
    try:
        _refuse_unusual(path)
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError:
        raise InputError(f"{str(path)!r} is missing") from None
    except Exception as error:  # a damaged file can fail in any way
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise InputError(f"{str(path)!r} cannot be read ({reason})") from error


def _refuse_unusual(path: Path) -> None:
    """Refuse a pipe, which would be waited for, and an archive that unpacks to far more."""
    if not is_regular(path):
        raise ValueError("it is not a regular file")
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(record.file_size for record in archive.infolist())
    if unpacked > max(ALWAYS_ALLOWED, RATIO * path.stat().st_size):
        raise ValueError(f"it unpacks to {unpacked:,} bytes")
