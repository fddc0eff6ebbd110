"""The answers of a run's best epoch to its validation reviews, and which reviews these are.

`validation.npz` is each run's own. `validation_reviews.npz` is the same for all runs of a split: it
is written once, under a name that follows from its content, and linked into each run's folder, so
that a folder which is moved or copied alone still has all that it needs.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.files import atomic_path, share_file

PROBABILITIES = "validation.npz"
REVIEWS = "validation_reviews.npz"

Arrays = dict[str, NDArray[Any]]


class ValidationReviews(NamedTuple):
    """The reviews of a validation split.

    labels: int64 `[reviews]`.
    places: int64 `[reviews]`, in the source.
    groups: int64 `[reviews]`; None where the split knows none.
    """

    labels: NDArray[np.int64]
    places: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None

    def first(self, count: int) -> "ValidationReviews":
        """Return the first reviews: a limited validation sees no others."""
        groups = None if self.groups is None else self.groups[:count]
        return ValidationReviews(self.labels[:count], self.places[:count], groups)

    def equals(self, other: "ValidationReviews") -> bool:
        """Tell whether these are the same reviews with the same labels, in the same order."""
        same_labels = np.array_equal(self.labels, other.labels)
        return same_labels and np.array_equal(self.places, other.places)


class Validation(NamedTuple):
    """What one epoch says to the validation reviews.

    epoch: from 0.
    probabilities: float16 `[reviews, classes]`.
    reviews: those that it says it to.
    """

    epoch: int
    probabilities: NDArray[np.float16]
    reviews: ValidationReviews


def write_validation(folder: Path, validation: Validation, shared: Path | None = None) -> None:
    """Keep the answers of an epoch in a run folder, atomically.

    Args:
        folder: of the run.
        validation: the answers.
        shared: a folder for what runs of one split share; None for the run's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_reviews(folder, validation.reviews, shared)
    arrays = {"probabilities": validation.probabilities, "epoch": np.array(validation.epoch)}
    _save(folder / PROBABILITIES, arrays)


def read_validation(folder: Path) -> Validation:
    """Read what `write_validation` has kept.

    Raises:
        InputError: a file is missing or damaged, or the two do not belong together.
    """
    own, reviews = _load(folder / PROBABILITIES), _load(folder / REVIEWS)
    try:
        probabilities, epoch = own["probabilities"], int(own["epoch"])
        known = ValidationReviews(reviews["labels"], reviews["places"], reviews.get("groups"))
        lengths = {len(probabilities), *(len(part) for part in known if part is not None)}
        fits = len(lengths) == 1 and probabilities.ndim == 2 and probabilities.dtype == np.float16
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise InputError(f"{str(folder)!r}: {PROBABILITIES} and {REVIEWS} do not fit each other")
    return Validation(epoch, probabilities, known)


def _write_reviews(folder: Path, reviews: ValidationReviews, shared: Path | None) -> None:
    arrays = {name: part for name, part in reviews._asdict().items() if part is not None}
    if shared is None:
        _save(folder / REVIEWS, arrays)
        return
    kept = shared / f"{_digest(arrays)}.npz"
    if not kept.exists():
        shared.mkdir(parents=True, exist_ok=True)
        _save(kept, arrays)
    share_file(kept, folder / REVIEWS)


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
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError:
        raise InputError(f"{str(path)!r} is missing") from None
    except Exception as error:  # a damaged file can fail in any way
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise InputError(f"{str(path)!r} cannot be read ({reason})") from error
