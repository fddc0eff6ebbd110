"""The winner: its runs, its config and its mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.console.commands import command, shell_word
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row
from reviewlab.runs.files import UNREADABLE, read_json

MISTAKES = 10


@dataclass(frozen=True)
class Mistake:
    """A misclassified text.

    Attributes:
        text: the text, which several reviews may share.
        labels: number of the text's reviews with each label, the commonest label first.
        prediction: the class that was predicted.
        probability: predicted probability of that class.
        output: the number that the classifier predicted; None if it does not predict a number.
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
        split: name of the split that was analysed.
        reviews: number of reviews in the split.
        labels: the classes' labels, in their order.
        confusion: number of reviews, `[true label, predicted label]`.
        mistakes: the mistakes, worst first.
    """

    split: str
    reviews: int
    labels: Sequence[str]
    confusion: Sequence[Sequence[int]]
    mistakes: Sequence[Mistake]

    @property
    def shares(self) -> list[tuple[str, list[tuple[float, int]]]]:
        """For each true label, the share and the count of each prediction."""
        return [
            (label, [(count / (sum(row) or 1), count) for count in row])
            for label, row in zip(self.labels, self.confusion, strict=True)
        ]


@dataclass(frozen=True)
class Winner:
    """The best configuration.

    Attributes:
        row: the run that is shown: the first with known mistakes, or else the first.
        rows: all runs of the configuration, one for each seed.
        config: content of the shown run's `config.yaml`.
        errors: the shown run's mistakes; None if they were not analysed yet.
    """

    row: Row
    rows: Sequence[Row]
    config: str
    errors: Errors | None

    @property
    def command(self) -> str:
        """The command that repeats the run that is shown; empty for a run from elsewhere."""
        return rerun(self.row.folder) if self.row.folder.is_dir() else ""


def winner(board: Leaderboard) -> Winner:
    """Describe the best configuration of a leaderboard, which must not be empty."""
    rows = board.lines[0].rows
    errors = {row.folder: read_errors(row) for row in rows}
    row = next((row for row in rows if errors[row.folder]), rows[0])
    return Winner(row, rows, _config(row.folder), errors[row.folder])


def rerun(folder: Path) -> str:
    """Return the command that repeats the run in `folder`, quoted for a shell."""
    return f"{command('train')} rerun={shell_word(str(folder.resolve()))}"


def read_errors(row: Row) -> Errors | None:
    """Read a run's `errors.json`; return None if it is missing, unreadable or out of date.

    It is out of date if the run was continued and has found a better epoch since.
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
    """Return the labels of a mistake with their counts; earlier versions wrote only one label."""
    labels = mistake.get("labels") or {mistake["label"]: 1}
    return {str(label): int(count) for label, count in labels.items()}


def _config(folder: Path) -> str:
    try:
        return (folder / "config.yaml").read_text(encoding="utf-8")
    except UNREADABLE:
        return ""
