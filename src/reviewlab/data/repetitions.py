"""Texts that occur more than once in a data set, with one label or several."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.reviews import LEFT_OUT, Reviews
from reviewlab.data.splits import Fold, fold


@dataclass(frozen=True)
class RepeatedText:
    """A text that several reviews share, ignoring case and punctuation.

    Attributes:
        text: the text of the first of these reviews, unchanged.
        labels: number of reviews with each label.
    """

    text: str
    labels: Counter[int]


@dataclass(frozen=True)
class Repetitions:
    """The texts that occur more than once in a data set; texts without words do not count.

    Attributes:
        reviews: number of reviews examined.
        texts: repeated texts, most frequent first, ties in the order of the source.
    """

    reviews: int
    texts: list[RepeatedText]

    @property
    def repeating(self) -> int:
        """Number of reviews that repeat the text of an earlier review."""
        return sum(text.labels.total() - 1 for text in self.texts)

    @property
    def contradicting(self) -> list[RepeatedText]:
        """Texts with more than one label, starting with the one that has most dissenting reviews.

        A review dissents if its label is not the text's most frequent one.
        """
        texts = [text for text in self.texts if len(text.labels) > 1]
        return sorted(texts, key=lambda text: max(text.labels.values()) - text.labels.total())

    @property
    def in_contradiction(self) -> int:
        """Number of reviews whose text has more than one label."""
        return sum(text.labels.total() for text in self.contradicting)


def count_repetitions(reviews: Reviews, fold: Fold = fold) -> Repetitions:
    """Find the texts that several reviews share.

    Args:
        reviews: the reviews to examine; reviews that belong to no class are ignored.
        fold: function that maps a text to a string; texts with equal strings count as the same.
    """
    firsts: dict[str, RepeatedText] = {}
    reviews = reviews.take(np.flatnonzero(reviews.labels != LEFT_OUT))
    for text, label in zip(reviews.texts, reviews.labels.tolist(), strict=True):
        firsts.setdefault(fold(text), RepeatedText(text, Counter())).labels[label] += 1
    firsts.pop("", None)
    repeated = [text for text in firsts.values() if text.labels.total() > 1]
    repeated.sort(key=lambda text: -text.labels.total())
    return Repetitions(len(reviews.texts), repeated)


def number_texts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each text, int64 `[reviews]`, from 0 in order of appearance.

    Texts that are equal apart from case and punctuation share a number. Texts without words share
    one only if they are identical.
    """
    numbers: dict[str, int] = {}
    keys = (fold(text) or text for text in texts)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def describe_repetitions(repetitions: Repetitions) -> Iterator[str]:
    """Yield notes on how many reviews repeat a text, and how many have contradicting labels."""
    of_all = f"of {repetitions.reviews:,} reviews have"
    if repetitions.repeating:
        yield f"repeated: {repetitions.repeating:,} {of_all} the text of an earlier one"
    if repetitions.contradicting:
        yield (
            f"contradicting: {repetitions.in_contradiction:,} {of_all} a text that also has another"
            " label"
        )
