"""The winner: its runs, its config and its mistakes."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.console.commands import command
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row
from reviewlab.runs.files import UNREADABLE, read_json

MISTAKES = 10


@dataclass(frozen=True)
class Mistake:
    """A text that was predicted wrongly.

    Attributes:
        text: of the review, or of several.
        labels: how many of these reviews have each label, the commonest first.
        prediction: the class that was predicted.
        probability: of that class.
        output: of a classifier that answers with a number; else None.
    """

    text: str
    labels: Mapping[str, int]
    prediction: str
    probability: float
    output: float | None


@dataclass(frozen=True)
class Errors:
    """The mistakes of one run, as read from its `errors.json`.

    Attributes:
        split: that was analysed.
        reviews: number of reviews of the split.
        labels: in the order of the classes.
        confusion: counts `[true, predicted]`.
        mistakes: the worst first.
    """

    split: str
    reviews: int
    labels: Sequence[str]
    confusion: Sequence[Sequence[int]]
    mistakes: Sequence[Mistake]

    @property
    def shares(self) -> list[tuple[str, list[tuple[float, int]]]]:
        """Each label with the share and the count of each prediction."""
        return [
            (label, [(count / (sum(row) or 1), count) for count in row])
            for label, row in zip(self.labels, self.confusion, strict=True)
        ]


@dataclass(frozen=True)
class Winner:
    """The best configuration.

    Attributes:
        row: the run that is shown: the first with known mistakes, or else the first.
        rows: all of its runs, one for each seed.
        config: the `config.yaml` of the run.
        errors: its mistakes; None if they were not analysed yet.
    """

    row: Row
    rows: Sequence[Row]
    config: str
    errors: Errors | None

    @property
    def command(self) -> str:
        """The command that repeats the run that is shown."""
        return rerun(self.row.folder)


def winner(board: Leaderboard) -> Winner:
    """Describe the winner of a leaderboard that has lines."""
    rows = board.lines[0].rows
    errors = {row.folder: read_errors(row) for row in rows}
    row = next((row for row in rows if errors[row.folder]), rows[0])
    return Winner(row, rows, _config(row.folder), errors[row.folder])


def rerun(folder: Path) -> str:
    """Write the command that repeats the run in `folder`, quoted for a shell."""
    return f"{command('train')} rerun={shlex.quote(str(folder.resolve()))}"


def read_errors(row: Row) -> Errors | None:
    """Read the `errors.json` of a run; None if it is missing, unreadable or out of date.

    A run that was continued may have found a better epoch since.
    """
    try:
        content = read_json(row.folder / "errors.json")
        if content["epoch"] != row.best.get("epoch"):
            return None
        confusion = [[int(count) for count in row] for row in content["confusion"]]
        mistakes = [
            Mistake(
                text=str(one["text"]),
                labels=_labels(one),
                prediction=str(one["prediction"]),
                probability=float(one["probability"]),
                output=None if one.get("output") is None else float(one["output"]),
            )
            for one in content["mistakes"][:MISTAKES]
        ]
        labels = [str(name) for name in content["labels"]]
        if {len(labels)} != {len(confusion), *map(len, confusion)}:
            return None
        return Errors(str(content["split"]), int(content["reviews"]), labels, confusion, mistakes)
    except UNREADABLE:
        return None


def _labels(mistake: Mapping[str, Any]) -> dict[str, int]:
    """Count the labels of a mistake; files of earlier versions have one review each."""
    labels = mistake.get("labels") or {mistake["label"]: 1}
    return {str(label): int(count) for label, count in labels.items()}


def _config(folder: Path) -> str:
    try:
        return (folder / "config.yaml").read_text(encoding="utf-8")
    except UNREADABLE:
        return ""
