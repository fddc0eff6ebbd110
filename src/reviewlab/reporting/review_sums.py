"""The answers of a configuration's runs to the validation reviews, summed up run by run."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from reviewlab.reporting.statistics import LEVEL
from reviewlab.runs.validation import ValidationReviews

Scores = NDArray[np.float64]
"""float64 `[reviews]`; the metric is the mean over reviews."""


class ReviewNoise(NamedTuple):
    """The answers to single reviews, summed up for a mean metric.

    Attributes:
        half: half the width of the mean's 95 % interval over reviews; None for a single group of
            reviews.
        distinct: the mean with each distinct text counted once; None if no text is repeated.
    """

    half: float | None
    distinct: float | None


class ReviewSums:
    """Sums over runs, so that one more run costs no more than the first.

    Args:
        reviews: the reviews that all runs have answered.
    """

    def __init__(self, reviews: ValidationReviews) -> None:
        self._texts = None if reviews.texts is None else numbered(reviews.texts)
        self._groups = clusters(reviews)
        self._runs, self._squares = 0, 0.0
        self._scores = np.zeros(len(reviews.labels))
        self._sums = np.zeros(int(self._groups.max()) + 1)

    def add(self, scores: Scores) -> None:
        """Add a run by its scores, float64 `[reviews]`."""
        sums = np.bincount(self._groups, scores - scores.mean(), len(self._sums))
        self._runs += 1
        self._scores += scores
        self._sums += sums
        self._squares += float(sums @ sums)

    def noise(self) -> ReviewNoise:
        """Return the noise of the mean over the runs so far."""
        distinct = None if self._texts is None else self._mean_of_texts(self._texts)
        return ReviewNoise(self._half_width(), distinct)

    def _half_width(self) -> float | None:
        """Return half the width of the 95 % interval of the mean over other reviews.

        It is Student's interval over groups of reviews, like `paired_interval`, of each review's
        mean over runs. That mean still contains the noise of single answers, which the spread
        between the runs contains as well; it is subtracted here.
        """
        count = len(self._sums)
        if count < 2:
            return None
        runs, shared = self._runs, self._sums / self._runs
        variance = shared_part = float(shared @ shared)
        if runs > 1:
            variance -= (self._squares - runs * shared_part) / (runs * (runs - 1))
        error = math.sqrt(max(variance, 0.0) * count / (count - 1)) / len(self._scores)
        half: float = float(stdtrit(count - 1, 1 - LEVEL / 2)) * error
        return half

    def _mean_of_texts(self, texts: NDArray[np.int64]) -> float:
        """Return the mean score with the same weight for every text."""
        sums, counts = np.bincount(texts, self._scores), np.bincount(texts)
        return float(np.mean(sums / counts)) / self._runs


def clusters(reviews: ValidationReviews) -> NDArray[np.int64]:
    """Return a number from 0 for each review; reviews of one group or with one text share it."""
    if reviews.groups is None or reviews.texts is None:
        alike = reviews.texts if reviews.groups is None else reviews.groups
        return numbered(reviews.places if alike is None else alike)
    from scipy.sparse import coo_array  # takes 200 ms to import
    from scipy.sparse.csgraph import connected_components

    groups, texts = numbered(reviews.groups), numbered(reviews.texts)
    first_text = groups.max() + 1
    nodes = first_text + texts.max() + 1
    links = coo_array((np.ones(len(groups)), (groups, first_text + texts)), shape=(nodes, nodes))
    component = connected_components(links, directed=False)[1]
    return numbered(component[groups])


def numbered(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number from 0 for each value; equal values share it."""
    return np.unique(values, return_inverse=True)[1]
