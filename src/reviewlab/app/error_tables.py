"""What `scripts/errors.py` prints, in 80 columns, and the csv files with all of it."""

import csv
import io
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.cells import cell_len

from reviewlab.explaining.groups import Group, by_class, by_length, by_unknown, table
from reviewlab.explaining.legible import legible
from reviewlab.explaining.mistakes import Answers, Indices, LabelErrors, label_errors, worst
from reviewlab.runs.files import write_text

WIDTH = 80
SHOWN = 10
"""Reviews of a list; the files have all."""
LINES = 3
"""Of a review in a list."""


def said(head: str, answers: Answers, split: str) -> str:
    """Everything that is printed."""
    doubted = label_errors(answers)
    parts = [
        [head, *_total(answers)],
        _worst(answers, doubted),
        _label_errors(answers, doubted, split),
        table("by class", by_class(answers), "most often taken for"),
        table("by length in tokens", by_length(answers)),
        table("by share of unknown words", groups)
        if (groups := by_unknown(answers))
        else ["by share of unknown words: to this text encoder no word is unknown"],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def _total(answers: Answers) -> list[str]:
    every = Group("", len(answers.labels), int(answers.right.sum()))
    low, high = every.bounds
    return [
        f"{every.reviews:,} reviews, {every.reviews - every.right:,} wrong: accuracy"
        f" {every.accuracy:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    ]


def _worst(answers: Answers, doubted: LabelErrors) -> list[str]:
    found = worst(answers)
    if not len(found):
        return ["no mistakes"]
    shown = found[:SHOWN]
    doubts = np.isin(shown, doubted.reviews)
    names = [f"{number}{'*' if doubt else ''}" for number, doubt in zip(shown, doubts, strict=True)]
    legend = " (* a likely label error)" if doubts.any() else ""
    predicted = answers.predictions[shown]
    if answers.numbers is None:
        title = f"worst mistakes: the surest of {len(found):,}{legend}"
        column = ("prob", [f"{value:.4f}" for value in answers.certainty[shown]])
    else:
        scale = f"the output is 0 for {answers.names[0]}, {len(answers.names) - 1} for"
        title = f"worst mistakes: the farthest off of {len(found):,} ({scale} {answers.names[-1]})"
        column = ("output", [f"{value:.2f}" for value in answers.numbers[shown]])
    return [title, *_listed(answers, names, shown, column, ("predicted", predicted))]


def _label_errors(answers: Answers, doubted: LabelErrors, split: str) -> list[str]:
    """How many there are, and the first that are not among the mistakes shown already."""
    if answers.numbers is not None:
        return ["likely label errors: none can be told where the answer is a number"]
    told = _counted(answers, doubted, split)
    above = np.isin(doubted.reviews, worst(answers)[:SHOWN])
    new = np.flatnonzero(~above)[:SHOWN]
    if not len(new):
        return textwrap.wrap(told, WIDTH, subsequent_indent="  ")
    order = "Those not marked above, by" if above.any() else "By"
    told += f". {order} margin, its probability less the label's:"
    reviews, suggested = doubted.reviews[new], doubted.suggested[new]
    column = ("margin", [f"{value:.4f}" for value in doubted.margins[new]])
    rows = _listed(answers, [*map(str, reviews)], reviews, column, ("suggested", suggested))
    return [*textwrap.wrap(told, WIDTH, subsequent_indent="  "), *rows]


def _counted(answers: Answers, doubted: LabelErrors, split: str) -> str:
    count = len(doubted.reviews)
    told = f"likely label errors: {count:,} of {len(answers.labels):,} reviews"
    if not count:
        return told
    told += (
        ": the classifier gives them another class as surely as it gives it to that class's own"
        " reviews on average (confident learning); the weaker the classifier, the more of these"
        " are its own mistakes"
    )
    if split == "train":
        told += "; of reviews that it was trained on few are found"
    return told


def _listed(
    answers: Answers,
    names: Sequence[str],
    reviews: Indices,
    column: tuple[str, Sequence[str]],
    others: tuple[str, Indices],
) -> list[str]:
    """Reviews: a name, a column of numbers, their label and another class."""
    cells = [("review", column[0], "label", others[0])]
    for name, number, shown, other in zip(names, reviews, column[1], others[1], strict=True):
        cells.append((name, shown, answers.names[answers.labels[number]], answers.names[other]))
    widths = [max(map(len, texts)) for texts in zip(*cells, strict=True)]
    room = max(20, WIDTH - sum(widths) - 2 * len(widths))
    texts = [[""], *(_narrow(answers.texts[number], room) for number in reviews)]
    margin = " " * (sum(widths) + 2 * len(widths))
    lines = []
    for cell, (first, *rest) in zip(cells, texts, strict=True):
        row = "  ".join(f"{text:<{width}}" for text, width in zip(cell, widths, strict=True))
        lines += [f"{row}  {first}".rstrip(), *(margin + line for line in rest)]
    return lines


def _narrow(text: str, width: int) -> list[str]:
    """The beginning of a review in a few lines; in one where its letters are wide."""
    shown = legible(text, LINES * width)
    if cell_len(shown) > len(shown):
        return [legible(text, width)]
    wrap = textwrap.TextWrapper(width, max_lines=LINES, placeholder=" …", break_on_hyphens=False)
    return wrap.wrap(shown) or [""]


def write_tables(answers: Answers, folder: Path) -> Path:
    """Write all mistakes, all likely label errors and the accuracies of groups as csv files."""
    folder.mkdir(parents=True, exist_ok=True)
    doubted = label_errors(answers)
    found = worst(answers)
    lists = {
        "mistakes": ("prediction", found, answers.predictions[found]),
        "label_errors": ("suggested", doubted.reviews, doubted.suggested),
    }
    for name, (title, reviews, others) in lists.items():
        header = ["review", "label", title, *_values(answers, 0, 0), "text"]
        rows = (
            [
                i,
                answers.names[answers.labels[i]],
                answers.names[other],
                *_values(answers, i, other).values(),
                answers.texts[i],
            ]
            for i, other in zip(reviews.tolist(), others.tolist(), strict=True)
        )
        _write_csv(folder / f"{name}.csv", header, rows)
    for name, (groups, own) in {
        "class": (by_class(answers), ["most_often_taken_for", "times"]),
        "length": (by_length(answers), ["begin", "end", "cut"]),
        "unknown": (by_unknown(answers), ["begin", "end"]),
    }.items():
        titles = [{"begin": "from", "end": "to"}.get(column, column) for column in own]
        header = [name, "reviews", "right", "accuracy", "lower", "upper", *titles]
        _write_csv(folder / f"by_{name}.csv", header, (_row(group, own) for group in groups))
    return folder


def _values(answers: Answers, review: int, other: int) -> dict[str, float]:
    """What speaks for another class than the label."""
    if answers.numbers is not None:
        return {"output": float(answers.numbers[review])}
    own = answers.labels[review]
    return {
        "probability": float(answers.probabilities[review, other]),
        "probability_of_label": float(answers.probabilities[review, own]),
    }


def _row(group: Group, own: Sequence[str]) -> list[Any]:
    bounds = group.bounds if group.reviews else ("", "")
    share = group.accuracy if group.reviews else ""
    columns = (getattr(group, column) for column in own)
    return [group.name, group.reviews, group.right, share, *bounds, *columns]


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(path, out.getvalue())
