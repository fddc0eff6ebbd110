"""Write csv files: all mistakes, all likely label errors, and the accuracy of each group."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reviewlab.explaining.groups import Group, by_class, by_length, by_unknown
from reviewlab.explaining.mistakes import Answers, label_errors, worst
from reviewlab.runs.files import write_text


def write_tables(answers: Answers, folder: Path) -> Path:
    """Write all mistakes, likely label errors and group accuracies to csv files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    doubted = label_errors(answers)
    wrong = worst(answers)
    lists = {
        "mistakes": ("prediction", wrong, answers.predictions[wrong]),
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
    """Map csv columns to the numbers that support class `other` against the review's label.

    Args:
        answers: the predictions for all reviews.
        review: the review's index.
        other: the index of the class that contradicts the label.
    """
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
