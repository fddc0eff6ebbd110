"""The accuracy on groups of reviews: by length, by share of unknown words, by class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.console.table import aligned
from reviewlab.explaining.mistakes import Answers
from reviewlab.reporting.statistics import wilson

UNKNOWN_SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 1.0)
"""The upper ends of the groups by share of unknown words."""
FIFTHS = (0.2, 0.4, 0.6, 0.8)


class Group(NamedTuple):
    """A group of reviews, and how many of them are predicted correctly.

    Attributes:
        name: the name of the group.
        reviews: the number of reviews in the group.
        right: the number of reviews that are predicted correctly.
        most_often_taken_for: the most frequent wrong prediction; empty if there is none.
        times: the number of reviews with that wrong prediction.
        cut: True if the reviews are too long for the model, which reads only a part of each.
        begin: the lower end of the group's range, included for lengths and excluded for shares.
        end: the upper end of the range, always included.
    """

    name: str
    reviews: int
    right: int
    most_often_taken_for: str = ""
    times: int = 0
    cut: bool = False
    begin: float | None = None
    end: float | None = None

    @property
    def remark(self) -> str:
        """The last cell of the group's row: `cut`, or the most frequent wrong prediction."""
        taken = f"{self.most_often_taken_for} ({self.times:,})" if self.times else ""
        return "cut" if self.cut else taken

    @property
    def accuracy(self) -> float:
        """The share of correct predictions; NaN if the group is empty."""
        return self.right / self.reviews if self.reviews else float("nan")

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson(self.right, self.reviews)


def by_length(answers: Answers) -> list[Group]:
    """Group reviews into fifths by length; truncated reviews form separate groups."""
    fifths = np.quantile(answers.lengths, FIFTHS, method="lower").tolist()
    limit = [] if answers.limit is None else [answers.limit]
    edges = sorted({*fifths, *limit, int(answers.lengths.max())})
    groups, begin = [], int(answers.lengths.min())
    for end in edges:
        if end < begin:
            continue
        inside = (answers.lengths >= begin) & (answers.lengths <= end)
        cut = answers.limit is not None and end > answers.limit
        name = f"{begin:,}" if begin == end else f"{begin:,} to {end:,}"
        groups.append(_group(name, answers, inside, begin, end)._replace(cut=cut))
        begin = end + 1
    return [group for group in groups if group.reviews]


def by_unknown(answers: Answers) -> list[Group]:
    """Group reviews by share of unknown words; no groups if the encoder has no unknown words."""
    if answers.unknown is None:
        return []
    groups, begin = [], -1.0
    for end in UNKNOWN_SHARES:
        name = f"{begin:.0%} to {end:.0%}" if end < 1 else f"over {begin:.0%}"
        name = "none" if end == 0 else name
        inside = (answers.unknown > begin) & (answers.unknown <= end)
        groups.append(_group(name, answers, inside, max(begin, 0.0), end))
        begin = end
    return [group for group in groups if group.reviews]


def by_class(answers: Answers) -> list[Group]:
    """Group reviews by label, with the most frequent wrong prediction for each label."""
    groups = []
    for number, counts in enumerate(answers.confusion.tolist()):
        wrong = [0 if other == number else count for other, count in enumerate(counts)]
        often = max(wrong)
        taken = answers.names[wrong.index(often)] if often else ""
        groups.append(Group(answers.names[number], sum(counts), counts[number], taken, often))
    return groups


def _group(
    name: str, answers: Answers, inside: NDArray[np.bool_], begin: float, end: float
) -> Group:
    right = int(answers.right[inside].sum())
    return Group(name, int(inside.sum()), right, begin=begin, end=end)


def table(title: str, groups: Sequence[Group], remark: str = "") -> list[str]:
    """Format a table with one line per group.

    Args:
        title: the title of the column of group names.
        groups: the groups.
        remark: the title of the last column, which has the groups' remarks.

    Returns:
        The lines, beginning with the titles.
    """
    rows = [[title, "reviews", "accuracy", "95 % interval", remark]]
    for group in groups:
        low, high = group.bounds
        accuracy = f"{group.accuracy:.4f}" if group.reviews else ""
        interval = f"{low:.4f} to {high:.4f}" if group.reviews else ""
        rows.append([group.name, f"{group.reviews:,}", accuracy, interval, group.remark])
    return aligned(rows, right=[False, True, True, True, False])
