"""The part of a mean's uncertainty that comes from the validation reviews.

The runs of a configuration are crossed with the validation reviews: each run answered each review.
The formulas are in `docs/explanation/leaderboard.md`.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from reviewlab.exceptions import InputError
from reviewlab.reporting.rows import Row
from reviewlab.reporting.statistics import LEVEL
from reviewlab.runs.validation import Validation, ValidationReviews, read_validation

Scores = NDArray[np.float64]
"""float64 `[reviews]`; the metric is the mean over reviews."""

TOLERANCE = 2e-3
"""The most by which kept probabilities, of 16 bits, may miss the metric that was measured."""


class ReviewNoise(NamedTuple):
    """The answers to single reviews, summed up for a mean metric.

    Attributes:
        half: half the width of the mean's 95 % interval over reviews; None for a single group of
            reviews.
        distinct: the mean with each distinct text counted once; None if no text is repeated.
    """

    half: float | None
    distinct: float | None


class _Run(NamedTuple):
    """The facts about a run that its scores depend on."""

    folder: Path
    value: float
    decision: str
    ended: float  # a run that was trained again has other answers


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
    runs = [
        _Run(row.folder, row.value, str(row.settings.get("loss.decision") or "mode"), row.ended)
        for row in rows
        if row.value is not None
    ]
    return _measure(tuple(runs), name)


@lru_cache(maxsize=10_000)
def _measure(runs: tuple[_Run, ...], name: str) -> ReviewNoise | None:
    """Measure the noise; kept, since a sweep's leaderboard is built anew while its jobs end."""
    parts: list[tuple[NDArray[np.float32], bytes]] = []
    for run in runs:
        part = _score(run, name)
        if part is None or (parts and part[1] != parts[0][1]):
            return None
        parts.append(part)
    reviews = read_validation(runs[0].folder).reviews
    scores = np.array([one for one, _ in parts], float)
    distinct = None if reviews.texts is None else _mean_of_texts(scores.mean(0), reviews.texts)
    return ReviewNoise(half_width(scores, clusters(reviews)), distinct)


@lru_cache(maxsize=1_000)
def _score(run: _Run, name: str) -> tuple[NDArray[np.float32], bytes] | None:
    """Score a run's answers.

    Args:
        run: the run.
        name: name of the metric.

    Returns:
        The scores, float32 `[reviews]`, and a digest of the reviews; None if the answers are
        missing or do not give the metric.
    """
    try:
        answers = read_validation(run.folder)
    except InputError:  # of an earlier version, or damaged
        return None
    scores = _SCORES[name](answers, run)
    if not np.isclose(scores.mean(), run.value, rtol=TOLERANCE, atol=TOLERANCE):
        return None
    content = answers.reviews.labels.tobytes() + answers.reviews.places.tobytes()
    return scores.astype(np.float32), hashlib.sha256(content).digest()


def half_width(scores: Scores, groups: NDArray[np.int64]) -> float | None:
    """Return half the width of the 95 % interval of the mean over other reviews.

    It is Student's interval over groups of reviews, like `paired_interval`, of each review's mean
    over runs. That mean still contains the noise of single answers, which the spread between the
    runs contains as well; it is subtracted here.

    Args:
        scores: float64 `[runs, reviews]`.
        groups: int64 `[reviews]`, numbers from 0; reviews of one group go together.

    Returns:
        The half width; None for a single group.
    """
    runs, reviews = scores.shape
    count = int(groups.max()) + 1
    if count < 2:
        return None
    residuals = scores - scores.mean(1, keepdims=True)
    sums = np.array([np.bincount(groups, one, count) for one in residuals])
    shared = sums.mean(0)
    variance = float(shared @ shared)
    if runs > 1:
        variance -= float(((sums - shared) ** 2).sum()) / (runs * (runs - 1))
    error = math.sqrt(max(variance, 0.0) * count / (count - 1)) / reviews
    half: float = float(stdtrit(count - 1, 1 - LEVEL / 2)) * error
    return half


def clusters(reviews: ValidationReviews) -> NDArray[np.int64]:
    """Return a number from 0 for each review; reviews of one group or with one text share it."""
    if reviews.groups is None or reviews.texts is None:
        alike = reviews.texts if reviews.groups is None else reviews.groups
        return _numbered(reviews.places if alike is None else alike)
    from scipy.sparse import coo_array  # takes 200 ms to import
    from scipy.sparse.csgraph import connected_components

    groups, texts = _numbered(reviews.groups), _numbered(reviews.texts)
    first_text = groups.max() + 1
    nodes = first_text + texts.max() + 1
    links = coo_array((np.ones(len(groups)), (groups, first_text + texts)), shape=(nodes, nodes))
    component = connected_components(links, directed=False)[1]
    return _numbered(component[groups])


def _numbered(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number from 0 for each value; equal values share it."""
    return np.unique(values, return_inverse=True)[1]


def _mean_of_texts(scores: Scores, texts: NDArray[np.int64]) -> float:
    """Return the mean score with the same weight for every text."""
    numbers = _numbered(texts)
    counts = np.bincount(numbers)
    return float(np.mean(np.bincount(numbers, scores) / counts))


def _accuracy(answers: Validation, run: _Run) -> Scores:
    right: Scores = (_decide(answers, run.decision) == answers.reviews.labels).astype(float)
    return right


def _mae(answers: Validation, run: _Run) -> Scores:
    distance: Scores = np.abs(_decide(answers, run.decision) - answers.reviews.labels).astype(float)
    return distance


def _loss(answers: Validation, _: _Run) -> Scores:
    labels = answers.reviews.labels
    of_label = answers.probabilities[np.arange(len(labels)), labels].astype(float)
    loss: Scores = -np.log(np.maximum(of_label, float(np.finfo(np.float16).smallest_subnormal)))
    return loss


_SCORES = {"accuracy": _accuracy, "mae": _mae, "loss": _loss}
"""For each metric that is a mean over reviews, the function that scores single reviews."""


def _decide(answers: Validation, decision: str) -> NDArray[np.int64]:
    """Choose the class to predict, as `nn.objectives.decision` does with tensors."""
    probabilities = answers.probabilities.astype(np.float32)
    classes = np.arange(probabilities.shape[1])
    chosen: NDArray[np.int64] = probabilities.argmax(1)
    if decision == "median":
        chosen = (probabilities.cumsum(1)[:, :-1] < 0.5).sum(1)
    elif decision == "mean":
        chosen = (probabilities @ classes[:, None] > classes[1:] - 0.5).sum(1)
    return chosen
