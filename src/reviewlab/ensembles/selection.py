"""Choose the runs whose mean answers best, on validation.

Caruana et al. 2004, Ensemble Selection from Libraries of Models: greedily, and with replacement, so
that a good run counts more than once.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Metric = Literal["accuracy", "loss"]
Probabilities = NDArray[np.float64]

SMALLEST = 2.0**-24
"""The smallest probability that 16 bits hold; the loss of one that they round to 0 stays finite."""


class Score(NamedTuple):
    """The metrics of some probabilities.

    accuracy: the share of the reviews whose most probable class is right.
    loss: the mean negative logarithm of the right class's probability.
    """

    accuracy: float
    loss: float


class Answers(NamedTuple):
    """The answer to each review, measured.

    right: bool `[reviews]`.
    losses: float64 `[reviews]`.
    """

    right: NDArray[np.bool_]
    losses: NDArray[np.float64]

    @property
    def score(self) -> Score:
        """The means."""
        return Score(float(self.right.mean()), float(self.losses.mean()))


def measure(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> Answers:
    """Measure probabilities `[reviews, classes]` against labels `[reviews]`."""
    of_label = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    right = probabilities.argmax(1) == labels
    return Answers(right, -np.log(np.maximum(of_label, SMALLEST)))


def select(
    candidates: Sequence[NDArray[np.floating]],
    labels: NDArray[np.int64],
    size: int,
    metric: Metric = "accuracy",
) -> list[int]:
    """Choose candidates one after the other, each the one with which the mean is best.

    Of equally good ones the first with the lowest loss is taken. A round can only add, and what it
    adds may do harm; the fewest rounds after which the mean was best are kept. The first round is
    the best single candidate, so that the mean is never worse.

    Args:
        candidates: probabilities `[reviews, classes]` of each.
        labels: int64 `[reviews]`.
        size: rounds.
        metric: that makes a mean the best.

    Returns:
        The chosen candidates in the order in which they were; one may stand there several times.
    """
    total: Probabilities = np.zeros(candidates[0].shape)
    chosen: list[int] = []
    ranks = []
    for count in range(1, size + 1):
        means = ((total + candidate) / count for candidate in candidates)
        measured = [rank(measure(mean, labels).score, metric) for mean in means]
        best = measured.index(min(measured))
        chosen.append(best)
        ranks.append(measured[best])
        total = total + candidates[best]
    return chosen[: ranks.index(min(ranks)) + 1]


def rank(score: Score, metric: Metric) -> tuple[float, ...]:
    """Order scores: what is smaller is better. A loss counts to nine digits, the rest is noise."""
    loss = round(score.loss, 9)
    return (-score.accuracy, loss) if metric == "accuracy" else (loss,)
