"""Select the runs whose averaged probabilities predict the validation reviews best.

Caruana et al. 2004, Ensemble Selection from Libraries of Models: greedy selection with replacement,
so that a good run can count more than once.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Metric = Literal["accuracy", "loss"]
Probabilities = NDArray[np.float64]

SMALLEST = 2.0**-24
"""The smallest 16-bit float above 0; keeps the loss finite if a probability was rounded to 0."""


class Score(NamedTuple):
    """The metrics of predicted probabilities.

    Attributes:
        accuracy: the share of reviews whose most probable class is right.
        loss: the mean negative log probability of the right class.
    """

    accuracy: float
    loss: float


class Answers(NamedTuple):
    """Quality of the prediction for each review.

    Attributes:
        right: True if the most probable class is right, bool `[reviews]`.
        losses: negative log probabilities of the right class, float64 `[reviews]`.
    """

    right: NDArray[np.bool_]
    losses: NDArray[np.float64]

    @property
    def score(self) -> Score:
        """The accuracy and the mean loss over all reviews."""
        return Score(float(self.right.mean()), float(self.losses.mean()))


def measure(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> Answers:
    """Compare predicted probabilities `[reviews, classes]` with the labels `[reviews]`."""
    label_probabilities = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    right = probabilities.argmax(1) == labels
    return Answers(right, -np.log(np.maximum(label_probabilities, SMALLEST)))


def select(
    candidates: Sequence[NDArray[np.floating]],
    labels: NDArray[np.int64],
    size: int,
    metric: Metric = "accuracy",
) -> list[int]:
    """Select candidates one by one, each time the one that makes the mean prediction best.

    The mean prediction averages the probabilities of all candidates selected so far. Ties go to the
    lowest loss, then to the first candidate. Since every round has to add a candidate, a round may
    make the mean worse. So candidates added after the best round are dropped at the end. The first
    round selects the best single candidate, so the final mean is never worse than that candidate.

    Args:
        candidates: each candidate's probabilities, `[reviews, classes]`.
        labels: the right classes, int64 `[reviews]`.
        size: the number of rounds.
        metric: the metric to select by.

    Returns:
        The indices of the selected candidates in order of selection, possibly with repeats.
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
    """Return a sort key for scores (smaller is better) that ignores tiny differences in loss."""
    loss = round(score.loss, 9)
    return (-score.accuracy, loss) if metric == "accuracy" else (loss,)
