"""The part of a mean's uncertainty that comes from the validation reviews.

The runs of a configuration are crossed with the validation reviews: each run answered each review.
The formulas are in `docs/explanation/leaderboard.md`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.reporting.review_sums import ReviewNoise, ReviewSums, Scores
from reviewlab.reporting.rows import Row
from reviewlab.runs.validation import Validation, read_validation

TOLERANCE = 2e-3
"""The most by which kept probabilities, of 16 bits, may miss the metric that was measured."""


def review_noise(rows: Sequence[Row], metric: str) -> ReviewNoise | None:
    """Measure how much a configuration's mean depends on the validation reviews.

    Args:
        rows: the configuration's runs, which have a value of the metric.
        metric: name of the metric, such as `val/accuracy`.

    Returns:
        The noise; None if the metric is no mean over reviews, if the runs have different validation
        reviews, or if a run has not kept its answers.
    """
    split, _, name = metric.partition("/")
    if split != "val" or name not in _SCORES:
        return None
    runs = tuple(row for row in rows if row.value is not None)
    last = _last(runs[0].folder, name)
    if runs != last.runs:
        last.runs, last.noise = runs, _sums(runs[0].folder, name).measure(runs)
    return last.noise


@dataclass
class _Last:
    """The last answer for a configuration: a leaderboard is built anew whenever a job ends."""

    runs: tuple[Row, ...] = ()
    noise: ReviewNoise | None = None


@lru_cache(maxsize=10_000)
def _last(first: Path, name: str) -> _Last:
    """Return the last answer for the configuration whose first run is in a folder."""
    return _Last()


@lru_cache(maxsize=100)
def _sums(first: Path, name: str) -> "_Sums":
    """Return the sums for a configuration; they take far more memory than an answer."""
    return _Sums(name)


class _Sums:
    """The answers of a configuration's runs, to which the next leaderboard mostly adds one.

    Args:
        name: name of the metric.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._runs: tuple[Row, ...] = ()
        self._sums: ReviewSums | None = None
        self._digest = b""
        self._fit = True

    def measure(self, runs: tuple[Row, ...]) -> ReviewNoise | None:
        """Add the runs that are new, and return the noise; None if the runs do not fit together."""
        if self._runs != runs[: len(self._runs)]:  # one was trained again
            self._runs, self._sums, self._fit = (), None, True
        for run in runs[len(self._runs) :]:
            self._fit = self._fit and self._add(run)
        self._runs = runs
        return self._sums.noise() if self._fit and self._sums is not None else None

    def _add(self, run: Row) -> bool:
        """Add a run; return False if its answers are missing or to other reviews."""
        answers = _read(run.folder)
        if answers is None or run.value is None:
            return False
        scores = _SCORES[self._name](answers, run)
        if not np.isclose(scores.mean(), run.value, rtol=TOLERANCE, atol=TOLERANCE):
            return False
        content = answers.reviews.labels.tobytes() + answers.reviews.places.tobytes()
        digest = hashlib.sha256(content).digest()
        if self._sums is None:
            self._sums, self._digest = ReviewSums(answers.reviews), digest
        elif digest != self._digest:
            return False
        self._sums.add(scores)
        return True


def _read(folder: Path) -> Validation | None:
    """Read a run's answers; None if they are missing, of an earlier version, or damaged."""
    try:
        return read_validation(folder)
    except InputError:
        return None


def _accuracy(answers: Validation, run: Row) -> Scores:
    right: Scores = (_decide(answers, run) == answers.reviews.labels).astype(float)
    return right


def _mae(answers: Validation, run: Row) -> Scores:
    distance: Scores = np.abs(_decide(answers, run) - answers.reviews.labels).astype(float)
    return distance


def _loss(answers: Validation, _: Row) -> Scores:
    labels = answers.reviews.labels
    of_label = answers.probabilities[np.arange(len(labels)), labels].astype(float)
    loss: Scores = -np.log(np.maximum(of_label, float(np.finfo(np.float16).smallest_subnormal)))
    return loss


_SCORES = {"accuracy": _accuracy, "mae": _mae, "loss": _loss}
"""For each metric that is a mean over reviews, the function that scores single reviews."""


def _decide(answers: Validation, run: Row) -> NDArray[np.int64]:
    """Choose the class to predict, as `nn.objectives.decision` does with tensors."""
    decision = run.settings.get("loss.decision")
    probabilities = answers.probabilities.astype(np.float32)
    classes = np.arange(probabilities.shape[1])
    chosen: NDArray[np.int64] = probabilities.argmax(1)
    if decision == "median":
        chosen = (probabilities.cumsum(1)[:, :-1] < 0.5).sum(1)
    elif decision == "mean":
        chosen = (probabilities @ classes[:, None] > classes[1:] - 0.5).sum(1)
    return chosen
