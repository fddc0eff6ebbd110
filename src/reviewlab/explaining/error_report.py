"""The report on a classifier's mistakes, as text of at most 80 columns."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich.cells import cell_len

from reviewlab.console.table import aligned, column_widths, table_width
from reviewlab.console.text import legible
from reviewlab.explaining.groups import Group, by_class, by_length, by_unknown, table
from reviewlab.explaining.mistakes import (
    Answers,
    Indices,
    LabelErrors,
    count_texts_once,
    label_errors,
    worst,
)

WIDTH = 80
SHOWN = 10
"""Most reviews shown in a list; the csv files have all."""
LINES = 3
"""Most lines of each review shown in a list."""


class Listing(NamedTuple):
    """Reviews to list in the report, one per row, and the columns to show.

    Attributes:
        reviews: the indices of the reviews.
        names: the reviews' indices as text, followed by `*` for likely label errors.
        title: the title of the column of `values`.
        values: a formatted number for each review, such as a probability.
        other_title: the title of the column of `others`.
        others: the index of the class, predicted or suggested, that contradicts each review's
            label.
    """

    reviews: Indices
    names: Sequence[str]
    title: str
    values: Sequence[str]
    other_title: str
    others: Indices


def format_report(head: str, answers: Answers, split: str) -> str:
    """Format the whole report: mistakes, likely label errors, accuracy by group.

    Args:
        head: the first lines, which name the classifier and the data.
        answers: the classifier's predictions for the reviews.
        split: the reviews' split: `train`, `validation` or `test`.

    Returns:
        Lines of at most 80 columns.
    """
    doubted = label_errors(answers)
    parts = [
        [head, *_total(answers)],
        _worst(answers, doubted),
        _label_errors(answers, doubted, split),
        table("by class", by_class(answers), "most often taken for"),
        table("by length in tokens", by_length(answers)),
        table("by share of unknown words", groups)
        if (groups := by_unknown(answers))
        else ["by share of unknown words: this text encoder has no unknown words"],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def _total(answers: Answers) -> list[str]:
    every = Group("", len(answers.labels), int(answers.right.sum()))
    low, high = every.bounds
    total = (
        f"{every.reviews:,} reviews, {every.reviews - every.right:,} wrong: accuracy"
        f" {every.accuracy:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    )
    distinct = count_texts_once(answers)
    if distinct.texts == every.reviews:
        return [total]
    return [
        total,
        f"each of {distinct.texts:,} distinct texts counted once: accuracy {distinct.accuracy:.4f}",
    ]


def _worst(answers: Answers, doubted: LabelErrors) -> list[str]:
    wrong = worst(answers)
    if not len(wrong):
        return ["no mistakes"]
    listed = wrong[:SHOWN]
    doubts = np.isin(listed, doubted.reviews)
    names = [
        f"{number}{'*' if doubt else ''}" for number, doubt in zip(listed, doubts, strict=True)
    ]
    legend = " (* a likely label error)" if doubts.any() else ""
    if answers.numbers is None:
        title = f"worst mistakes: the most confident of {len(wrong):,}{legend}"
        column, values = "prob", [f"{value:.4f}" for value in answers.certainty[listed]]
    else:
        scale = f"the output is 0 for {answers.names[0]}, {len(answers.names) - 1} for"
        title = f"worst mistakes: the furthest off of {len(wrong):,} ({scale} {answers.names[-1]})"
        column, values = "output", [f"{value:.2f}" for value in answers.numbers[listed]]
    listing = Listing(listed, names, column, values, "predicted", answers.predictions[listed])
    return [title, *_lines(answers, listing)]


def _label_errors(answers: Answers, doubted: LabelErrors, split: str) -> list[str]:
    """Count the likely label errors, and list the first ones not in the list of mistakes.

    Args:
        answers: the classifier's predictions for the reviews.
        doubted: the likely label errors.
        split: the reviews' split.
    """
    if answers.numbers is not None:
        return ["likely label errors: cannot be found if the prediction is a number"]
    summary = _summary(answers, doubted, split)
    above = np.isin(doubted.reviews, worst(answers)[:SHOWN])
    new = np.flatnonzero(~above)[:SHOWN]
    if not len(new):
        return _wrapped(summary)
    order = "Those not marked above, by" if above.any() else "By"
    summary += f". {order} margin (probability of the suggested class minus that of the label):"
    reviews = doubted.reviews[new]
    margins = [f"{value:.4f}" for value in doubted.margins[new]]
    names = [*map(str, reviews)]
    listing = Listing(reviews, names, "margin", margins, "suggested", doubted.suggested[new])
    return [*_wrapped(summary), *_lines(answers, listing)]


def _summary(answers: Answers, doubted: LabelErrors, split: str) -> str:
    """State the number of likely label errors, and explain what it means.

    Args:
        answers: the classifier's predictions for the reviews.
        doubted: the likely label errors.
        split: the reviews' split.
    """
    count = len(doubted.reviews)
    summary = f"likely label errors: {count:,} of {len(answers.labels):,} reviews"
    if not count:
        return summary
    summary += (
        ": for these the classifier is at least as sure of another class as it is on average for"
        " reviews with that label (confident learning); the weaker the classifier, the more of"
        " these are its own mistakes"
    )
    if split == "train":
        summary += "; few are found in reviews that the classifier was trained on"
    return summary


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, WIDTH, subsequent_indent="  ")


def _lines(answers: Answers, listing: Listing) -> list[str]:
    """Format a listing as an aligned table, with a few lines of each text in the last column."""
    rows = [["review", listing.title, "label", listing.other_title]]
    rows += [
        [name, value, answers.names[answers.labels[review]], answers.names[other]]
        for name, value, review, other in zip(
            listing.names, listing.values, listing.reviews, listing.others, strict=True
        )
    ]
    widths = column_widths(rows)
    room = max(20, WIDTH - table_width([*widths, 0]))
    lines = [[*rows[0], ""]]
    for row, review in zip(rows[1:], listing.reviews, strict=True):
        first, *rest = _narrow(answers.texts[review], room)
        lines += [[*row, first], *([*("" for _ in row), line] for line in rest)]
    return aligned(lines, right=[False] * (len(widths) + 1))


def _narrow(text: str, width: int) -> list[str]:
    """Wrap the start of a review into a few lines, or one line if it has wide characters."""
    line = legible(text, LINES * width)
    if cell_len(line) > len(line):
        return [legible(text, width)]
    wrap = textwrap.TextWrapper(width, max_lines=LINES, placeholder=" …", break_on_hyphens=False)
    return wrap.wrap(line) or [""]
