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
from reviewlab.explaining.mistakes import Answers, LabelErrors, label_errors, worst
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
    marks = ["*" if doubt else "" for doubt in np.isin(shown, doubted.reviews).tolist()]
    rows = [
        (f"{number}{mark}", number, int(answers.predictions[number]))
        for number, mark in zip(shown.tolist(), marks, strict=True)
    ]
    legend = " (* a likely label error)" if any(marks) else ""
    kind = "farthest off" if answers.numeric else "surest"
    title = f"worst mistakes: the {kind} of {len(found):,}{legend}"
    return [title, *_listed(answers, rows, "predicted")]


def _label_errors(answers: Answers, doubted: LabelErrors, split: str) -> list[str]:
    """How many there are, and the first that are not among the worst mistakes already."""
    if answers.numeric:
        return ["likely label errors: none can be told where the answer is a number"]
    count = len(doubted.reviews)
    told = f"likely label errors: {count:,} of {len(answers.labels):,} reviews"
    if not count:
        return [told]
    told += (
        ": the classifier gives them another class as surely as it gives it to that class's own"
        " reviews on average (confident learning); the weaker the classifier, the more of these"
        " are its own mistakes"
    )
    if split == "train":
        told += "; of reviews that it was trained on few are found"
    seen = {*worst(answers)[:SHOWN].tolist()}
    pairs = zip(doubted.reviews.tolist(), doubted.suggested.tolist(), strict=True)
    rows = [(str(i), i, suggested) for i, suggested in pairs if i not in seen][:SHOWN]
    told += ". Those not marked above:" if rows and len(rows) < count else ""
    lines = textwrap.wrap(told, WIDTH, subsequent_indent="  ")
    return [*lines, *_listed(answers, rows, "suggested")] if rows else lines


def _listed(answers: Answers, rows: Sequence[tuple[str, int, int]], title: str) -> list[str]:
    """Reviews: a name, the number in the split and another class than the label."""
    cells = [("review", "prob", "label", title)]
    for name, number, other in rows:
        probability = f"{answers.probabilities[number, other]:.4f}"
        label = answers.names[answers.labels[number]]
        cells.append((name, probability, label, answers.names[other]))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = max(20, WIDTH - sum(widths) - 2 * len(widths))
    texts = [[""], *(_narrow(answers.texts[number], room) for _, number, _ in rows)]
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
        header = ["review", "probability", "label", title, "probability_of_label", "text"]
        rows = (
            [
                i,
                float(answers.probabilities[i, other]),
                answers.names[answers.labels[i]],
                answers.names[other],
                float(answers.probabilities[i, answers.labels[i]]),
                answers.texts[i],
            ]
            for i, other in zip(reviews.tolist(), others.tolist(), strict=True)
        )
        _write_csv(folder / f"{name}.csv", header, rows)
    for name, (groups, own) in {
        "class": (by_class(answers), ["most_often_taken_for", "times"]),
        "length": (by_length(answers), ["cut"]),
        "unknown": (by_unknown(answers), []),
    }.items():
        header = [name, "reviews", "right", "accuracy", "lower", "upper", *own]
        _write_csv(folder / f"by_{name}.csv", header, (_row(group, own) for group in groups))
    return folder


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
