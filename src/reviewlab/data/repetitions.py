"""Texts that stand in a data set more than once, with one label or with several."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reviewlab.data.reviews import LEFT_OUT, Reviews
from reviewlab.data.splits import Fold, fold


@dataclass(frozen=True)
class RepeatedText:
    """A text, case and punctuation folded, that several reviews have.

    text: of the first of them, as it stands there.
    labels: how many of them have each label.
    """

    text: str
    labels: Counter[int]


@dataclass(frozen=True)
class Repetitions:
    """The texts that stand in a data set more than once; a text without any word is none of them.

    reviews: how many were looked at.
    texts: the most frequent one first, those that are equally frequent in the order of the source.
    """

    reviews: int
    texts: list[RepeatedText]

    @property
    def repeating(self) -> int:
        """Count the reviews that have the text of an earlier one."""
        return sum(text.labels.total() - 1 for text in self.texts)

    @property
    def contradicting(self) -> list[RepeatedText]:
        """Return the texts with more than one label; first those that most reviews contradict."""
        texts = [text for text in self.texts if len(text.labels) > 1]
        return sorted(texts, key=lambda text: max(text.labels.values()) - text.labels.total())

    @property
    def in_contradiction(self) -> int:
        """Count the reviews with such a text."""
        return sum(text.labels.total() for text in self.contradicting)


def count_repetitions(reviews: Reviews, fold: Fold = fold) -> Repetitions:
    """Find the texts that several of the reviews have.

    Args:
        reviews: those of no class are not looked at.
        fold: makes texts equal that count as one.
    """
    firsts: dict[str, RepeatedText] = {}
    reviews = reviews.take(np.flatnonzero(reviews.labels != LEFT_OUT))
    for text, label in zip(reviews.texts, reviews.labels.tolist(), strict=True):
        firsts.setdefault(fold(text), RepeatedText(text, Counter())).labels[label] += 1
    firsts.pop("", None)
    repeated = [text for text in firsts.values() if text.labels.total() > 1]
    repeated.sort(key=lambda text: -text.labels.total())
    return Repetitions(len(reviews.texts), repeated)


def describe_repetitions(repetitions: Repetitions) -> Iterator[str]:
    """Note how many reviews repeat a text, and how many contradict another one's label."""
    of_all = f"of {repetitions.reviews:,} reviews have"
    if repetitions.repeating:
        yield f"repeated: {repetitions.repeating:,} {of_all} the text of an earlier one"
    if repetitions.contradicting:
        yield (
            f"contradicting: {repetitions.in_contradiction:,} {of_all} a text that stands with"
            " another label too"
        )
