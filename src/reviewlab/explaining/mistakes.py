"""Find reviews that a classifier gets wrong, and reviews that may be mislabelled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.data.repetitions import number_texts
from reviewlab.data.splits import fold
from reviewlab.models.metrics import confusion_counts

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """A classifier's predictions for the reviews of a split, with their labels.

    Attributes:
        names: the label names.
        texts: the texts of the reviews.
        labels: index of each review's label, int64 `[reviews]`.
        predictions: index of each review's predicted label, int64 `[reviews]`.
        probabilities: probability of each class, `[reviews, classes]`.
        lengths: each review's number of tokens before it is cut, without a start id, int64
            `[reviews]`.
        unknown: each review's share of tokens that are not in the vocabulary, `[reviews]`; None if
            the text encoder has no unknown words.
        limit: the largest number of a review's tokens that reach the model; None without a limit.
        numbers: the outputs of a classifier that predicts a number, `[reviews]`, on the scale of
            the label indices; its "probabilities" only interpolate between neighbouring classes.
            None for other classifiers.
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
        """True for each review whose prediction is its label, `[reviews]`."""
        right: NDArray[np.bool_] = self.predictions == self.labels
        return right

    @property
    def certainty(self) -> NDArray[np.floating]:
        """The probability of the predicted class, `[reviews]`."""
        return self.probabilities[np.arange(len(self.labels)), self.predictions]

    @property
    def confusion(self) -> Indices:
        """The number of reviews by label (row) and prediction (column)."""
        predictions, labels = torch.tensor(self.predictions), torch.tensor(self.labels)
        return confusion_counts(predictions, labels, len(self.names))


class DistinctTexts(NamedTuple):
    """The accuracy on a split with each text counted once.

    Attributes:
        texts: the number of distinct texts, ignoring case, punctuation and white space.
        accuracy: the mean, over texts, of the share of a text's reviews that are predicted
            correctly.
    """

    texts: int
    accuracy: float


def count_texts_once(answers: Answers) -> DistinctTexts:
    """Measure the accuracy with equal weight for each text, even if many reviews share it.

    For example, 3,084 of Netflix's 66,122 reviews say nothing but "good".
    """
    numbers = number_texts(answers.texts)
    counts = np.bincount(numbers)
    right = np.bincount(numbers, answers.right)
    return DistinctTexts(len(counts), float(np.mean(right / counts)))


def worst(answers: Answers) -> Indices:
    """Return the indices of wrongly predicted reviews, the most confident predictions first.

    For a classifier that predicts a number, the predictions that are furthest off come first.
    """
    wrong = np.flatnonzero(~answers.right)
    badness = answers.certainty
    if answers.numbers is not None:
        badness = np.abs(answers.numbers - answers.labels)
    return wrong[np.argsort(-badness[wrong], kind="stable")]


class WrongText(NamedTuple):
    """A text with wrongly predicted reviews.

    Attributes:
        review: the index of the worst of these reviews.
        labels: maps the index of each label to the number of wrong reviews that have it.
    """

    review: int
    labels: Counter[int]


def worst_texts(answers: Answers) -> list[WrongText]:
    """List the texts of wrongly predicted reviews, once per predicted class, the worst first.

    Texts that differ only in case, punctuation or white space count as the same text.
    """
    texts: dict[tuple[str, int], WrongText] = {}
    for review in worst(answers).tolist():
        text, prediction = answers.texts[review], int(answers.predictions[review])
        first = texts.setdefault((fold(text) or text, prediction), WrongText(review, Counter()))
        first.labels[int(answers.labels[review])] += 1
    return [*texts.values()]


@dataclass(frozen=True)
class LabelErrors:
    """Reviews whose label the classifier confidently contradicts.

    Attributes:
        reviews: the reviews' indices, largest margin first.
        suggested: for each review, the index of the class that the classifier suggests.
        margins: for each review, the suggested class's probability minus the label's.
        thresholds: for each class, the lowest probability at which the classifier counts as
            confident of it, `[classes]`; NaN for a class without reviews.
    """

    reviews: Indices
    suggested: Indices
    margins: NDArray[np.float64]
    thresholds: NDArray[np.float64]


def label_errors(answers: Answers) -> LabelErrors:
    """Find likely label errors by confident learning.

    Northcutt, Jiang and Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels.
    The classifier is confident of a class if its probability is at least the average probability of
    that class over the reviews labelled with it; of several such classes, the most probable counts.
    A likely label error is a review for which this class differs from the label (a review off the
    diagonal of the "confident joint"). These reviews are ranked by margin.
    As in cleanlab's `find_label_issues`, reviews whose label is the most probable class are left
    out: the threshold of a rare class may be so low that the label is both confirmed and
    "contradicted". The class chosen by the classifier's decision rule does not matter.

    The classifier must not have been trained on these reviews. If it predicts a number, it has no
    probabilities, so nothing is found.
    """
    if answers.numbers is not None:
        none = np.zeros(0, int)
        return LabelErrors(none, none, np.zeros(0), np.full(len(answers.names), np.nan))
    probabilities, labels = answers.probabilities.astype(np.float64), answers.labels
    thresholds = np.full(len(answers.names), np.nan)
    for number in np.unique(labels).tolist():
        thresholds[number] = probabilities[labels == number, number].mean()
    confident = probabilities >= thresholds - 1e-12  # the mean of equal numbers may round up
    likeliest = np.where(confident, probabilities, -1.0).argmax(1)
    contradicted = (likeliest != labels) & (probabilities.argmax(1) != labels)
    doubted = np.flatnonzero(confident.any(1) & contradicted)
    margin = probabilities[doubted, likeliest[doubted]] - probabilities[doubted, labels[doubted]]
    order = np.argsort(-margin, kind="stable")
    doubted = doubted[order]
    return LabelErrors(doubted, likeliest[doubted], margin[order], thresholds)
