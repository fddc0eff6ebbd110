"""Find reviews that a classifier gets wrong, and reviews that may be labelled wrongly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.data.splits import fold
from reviewlab.models.metrics import confusion_counts

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """The answers of a classifier to the reviews of a split, beside their labels.

    names: of the labels.
    texts: of the reviews.
    labels, predictions: int64 `[reviews]`.
    probabilities: `[reviews, classes]`.
    lengths: tokens of each whole review, a start id left out, int64 `[reviews]`.
    unknown: the share of these that is not in the vocabulary, `[reviews]`; None where nothing is.
    limit: tokens of a review that reach the model; None for all.
    numbers: what a classifier that answers with a number answers, `[reviews]`, on the scale of the
        labels; its "probabilities" only interpolate between neighbouring classes. Else None.
    """

    names: Sequence[str]
    texts: Sequence[str]
    labels: Indices
    predictions: Indices
    probabilities: NDArray[np.floating]
    lengths: Indices
    unknown: NDArray[np.float64] | None
    limit: int | None
    numbers: NDArray[np.floating] | None = None

    @property
    def right(self) -> NDArray[np.bool_]:
        """True where the prediction is the label, `[reviews]`."""
        right: NDArray[np.bool_] = self.predictions == self.labels
        return right

    @property
    def certainty(self) -> NDArray[np.floating]:
        """The probability of what is predicted, `[reviews]`."""
        return self.probabilities[np.arange(len(self.labels)), self.predictions]

    @property
    def confusion(self) -> Indices:
        """The reviews of each label (row) that are predicted to be of each (column), counted."""
        predictions, labels = torch.tensor(self.predictions), torch.tensor(self.labels)
        return confusion_counts(predictions, labels, len(self.names))


class DistinctTexts(NamedTuple):
    """The reviews of a split, with each text counted once.

    texts: how many differ in more than case, punctuation and white space.
    accuracy: the mean over these texts of the share of their reviews that are predicted right.
    """

    texts: int
    accuracy: float


def count_texts_once(answers: Answers) -> DistinctTexts:
    """Measure the accuracy where a text that many reviews have weighs no more than any other.

    Of Netflix' 66,122 reviews 3,084 say no more than "good".
    """
    texts = [fold(text) or text for text in answers.texts]
    _, place, counts = np.unique(texts, return_inverse=True, return_counts=True)
    right = np.bincount(place, answers.right, minlength=len(counts))
    return DistinctTexts(len(counts), float(np.mean(right / counts)))


def worst(answers: Answers) -> Indices:
    """The wrongly predicted reviews, the surest predictions first.

    Of a classifier that answers with a number: those that are the farthest off first.
    """
    wrong = np.flatnonzero(~answers.right)
    badness = answers.certainty
    if answers.numbers is not None:
        badness = np.abs(answers.numbers - answers.labels)
    return wrong[np.argsort(-badness[wrong], kind="stable")]


class WrongText(NamedTuple):
    """A text whose reviews are predicted wrongly.

    Attributes:
        review: the worst of them.
        labels: how many of them have each label.
    """

    review: int
    labels: Counter[int]


def worst_texts(answers: Answers) -> list[WrongText]:
    """List the texts of the wrongly predicted reviews, each once, the worst first.

    Texts count as one as in `count_texts_once`, as long as their prediction is the same.
    """
    texts: dict[tuple[str, int], WrongText] = {}
    for review in worst(answers).tolist():
        text, prediction = answers.texts[review], int(answers.predictions[review])
        first = texts.setdefault((fold(text) or text, prediction), WrongText(review, Counter()))
        first.labels[int(answers.labels[review])] += 1
    return [*texts.values()]


@dataclass(frozen=True)
class LabelErrors:
    """Reviews whose label the classifier contradicts with confidence.

    reviews: which, the clearest first.
    suggested: the class that it says instead, for each of them.
    margins: the probability of that class less the label's, for each of them.
    thresholds: the probability from which on it counts as confident of a class, `[classes]`; NaN
        for a class without reviews.
    """

    reviews: Indices
    suggested: Indices
    margins: NDArray[np.float64]
    thresholds: NDArray[np.float64]


def label_errors(answers: Answers) -> LabelErrors:
    """Likely label errors by confident learning.

    Northcutt, Jiang and Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels.
    The classifier is confident of a class when it gives it at least the probability that it gives
    it on average over the reviews with that label; of several such classes, of the most probable.
    Reviews that are confidently of another class than their label are off the diagonal of the
    "confident joint"; they are ranked by margin.
    Those whose label is the most probable class are none of them, as in cleanlab's
    `find_label_issues`: of a rare class the threshold may be so low that a label is met and
    "contradicted" at once. Which class the classifier decides for does not matter.

    It takes probabilities of reviews that the classifier was not trained on. A classifier that
    answers with a number has none: nothing is doubted.
    """
    if answers.numbers is not None:
        none = np.zeros(0, int)
        return LabelErrors(none, none, np.zeros(0), np.full(len(answers.names), np.nan))
    probabilities, labels = answers.probabilities.astype(np.float64), answers.labels
    thresholds = np.full(len(answers.names), np.nan)
    for number in np.unique(labels).tolist():
        thresholds[number] = probabilities[labels == number, number].mean()
    confident = probabilities >= thresholds - 1e-12  # a mean of equal numbers may be rounded up
    likeliest = np.where(confident, probabilities, -1.0).argmax(1)
    contradicted = (likeliest != labels) & (probabilities.argmax(1) != labels)
    doubted = np.flatnonzero(confident.any(1) & contradicted)
    margin = probabilities[doubted, likeliest[doubted]] - probabilities[doubted, labels[doubted]]
    order = np.argsort(-margin, kind="stable")
    doubted = doubted[order]
    return LabelErrors(doubted, likeliest[doubted], margin[order], thresholds)
