"""The runs from which an ensemble can be selected, with their predictions on a common split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reviewlab.console.commands import command, shell_path
from reviewlab.console.text import count_of, readable_path
from reviewlab.exceptions import InputError
from reviewlab.reporting.rows import find_runs
from reviewlab.runs.files import UNREADABLE, short_path
from reviewlab.runs.folder import is_ensemble
from reviewlab.runs.result import read_result
from reviewlab.runs.status import read_status
from reviewlab.runs.validation import PROBABILITIES, Validation, read_validation


@dataclass(frozen=True)
class Candidate:
    """A finished run.

    Attributes:
        folder: the folder of the run.
        result: the content of its `result.json`.
        validation: the run's saved predictions for the validation reviews, from its best epoch.
    """

    folder: Path
    result: dict[str, Any]
    validation: Validation


def read_candidates(folders: Sequence[Path]) -> tuple[list[Candidate], list[str]]:
    """Read the finished runs in `folders`, as candidates for an ensemble.

    Args:
        folders: run folders, sweep folders, or folders that contain such folders.

    Returns:
        The finished runs, and notes on the runs that are left out.

    Raises:
        InputError: there are fewer than two finished runs, a run has not saved its predictions, or
            the runs differ in their validation reviews or labels.
    """
    runs, unfinished = _split_by_state(find_runs(folders))
    candidates = [_read(folder, result) for folder, result in runs]
    usable = [one for one in candidates if np.isfinite(one.validation.probabilities).all()]
    notes = [
        f"left out because it has not finished: {readable_path(folder)}" for folder in unfinished
    ]
    notes += [
        f"left out because its predictions are not finite: {readable_path(one.folder)}"
        for one in candidates
        if one not in usable
    ]
    if len(usable) < 2:
        raise InputError(
            f"folder: {' '.join(map(shell_path, folders))} has {count_of(len(usable), 'run')} to "
            "choose from; an ensemble needs at least 2 finished runs"
        )
    for other in usable[1:]:
        _refuse_different(usable[0], other)
    return usable, notes


def _split_by_state(
    folders: Sequence[Path],
) -> tuple[list[tuple[Path, dict[str, Any]]], list[Path]]:
    """Return finished runs with their results, then the unfinished runs; skip ensembles."""
    done, others = [], []
    for folder in (one for one in folders if not is_ensemble(one)):
        try:
            is_done = read_status(folder).state == "done"
            result = read_result(folder) if is_done else {}
        except UNREADABLE as error:
            raise InputError(
                f"folder: {short_path(folder)!r} cannot be read ({type(error).__name__}: {error})"
            ) from error
        if is_done:
            done.append((folder, result))
        else:
            others.append(folder)
    return done, others


def _read(folder: Path, result: dict[str, Any]) -> Candidate:
    best = result.get("best", {})
    if not any(name.startswith("val/") for name in best):
        raise InputError(
            f"folder: {short_path(folder)!r} was trained without a validation split, on which the"
            " ensemble is selected; allowed: runs with data.validation above 0"
        )
    remedy = (
        f"run {command('evaluate')} checkpoint={shell_path(folder)} split=validation to write it"
    )
    if not (folder / PROBABILITIES).is_file():
        raise InputError(
            f"folder: {short_path(folder)!r} has no {PROBABILITIES}, which earlier versions did "
            f"not write; {remedy}"
        )
    try:
        validation = read_validation(folder)
    except InputError as error:
        raise InputError(f"folder: {error}; {remedy}") from error
    labels = validation.reviews.labels
    if validation.probabilities.shape[1] != len(result["label_names"]) or not len(labels):
        problem = "does not match the classes of its run"
    elif validation.epoch != best.get("epoch"):
        problem = f"is from epoch {validation.epoch}, but the best epoch is {best.get('epoch')}"
    else:
        return Candidate(folder, result, validation)
    raise InputError(f"folder: {str(folder / PROBABILITIES)!r} {problem}; {remedy}")


def _refuse_different(first: Candidate, other: Candidate) -> None:
    """Raise InputError if two runs differ in their data, classes or validation reviews."""
    for difference in _differences(first, other):
        raise InputError(
            f"folder: {short_path(other.folder)!r} and {short_path(first.folder)!r} have different "
            f"{difference}; allowed: runs that hold out the same reviews with the same labels"
        )


def _differences(first: Candidate, other: Candidate) -> Iterator[str]:
    one, two = first.result, other.result
    if one["data_fingerprint"] != two["data_fingerprint"]:
        yield "data"
    if one["label_names"] != two["label_names"]:
        yield "classes"
    reviews = first.validation.reviews
    if not reviews.equals(other.validation.reviews):
        yield "validation reviews"
