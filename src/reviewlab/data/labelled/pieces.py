"""The rows of a data set, in one piece per file or split, or all together."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NoReturn

from reviewlab.data.labelled.columns import Columns, require_column
from reviewlab.data.tables import MOST_LISTED, Source, pick
from reviewlab.exceptions import InputError


@dataclass(frozen=True)
class Piece:
    """The rows of one file, or of one split of a data set.

    Args:
        key: the option that names the source.
        name: name of the file or the data set.
        split: split of the rows; None if the source does not name it.
        columns: maps each column's name to its values.
        lines: each row's line or row number in the file, for messages.
        unit: what `lines` counts, for messages, such as `line` or `row`.
        notes: notes made while reading.
    """

    key: str
    name: str
    split: str | None
    columns: Columns
    lines: Sequence[int]
    unit: str = "line"
    notes: Sequence[str] = ()


def with_paths(piece: Piece, names: Sequence[str]) -> Piece:
    """Return the rows with a new column for each dotted path in `names`, such as `review.body`."""
    inside: dict[str, list[Any]] = {}
    for name in names:
        if name not in piece.columns and name.partition(".")[0] in piece.columns:
            values = list(pick({**piece.columns}, name))
            if any(value is not None for value in values):
                inside[name] = values
    return replace(piece, columns={**piece.columns, **inside}) if inside else piece


class Rows:
    """The rows of all files and splits, concatenated.

    Args:
        pieces: the rows of each file or split; those from `data.source` have the same columns.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._starts = [0, *accumulate(len(piece.lines) for piece in pieces)]

    def __len__(self) -> int:
        return self._starts[-1]

    def values(self, column: str) -> list[Any]:
        """Return the values of a column; raise InputError if a file or split does not have it."""
        joined: list[Any] = []
        for piece in self._pieces:
            require_column(piece.columns, column, piece.key)
            joined += piece.columns[column]
        return joined

    def splits(self) -> list[str | None]:
        """Return each row's split; None if the row's source names no split."""
        return [piece.split for piece in self._pieces for _ in piece.lines]

    def refuse(self, rows: Sequence[int], problem: str) -> NoReturn:
        """Raise an InputError that names the first row, and further rows of the same file.

        Args:
            rows: the rows with the problem, in order.
            problem: what is wrong with the first row, and what to do about it.
        """
        number = bisect_right(self._starts, rows[0]) - 1
        piece, begin, end = self._pieces[number], self._starts[number], self._starts[number + 1]
        line, *others = (piece.lines[row - begin] for row in rows[:MOST_LISTED] if row < end)
        Source(piece.name, piece.key, piece.unit).refuse(problem, line, others)


def with_note_on_left_out(pieces: Sequence[Piece], names: Sequence[str]) -> list[Piece]:
    """Add a note that lists the files or splits of a source that are not used.

    Args:
        pieces: the rows of each file or split that is used.
        names: names of the files or splits that are neither train, validation nor test.
    """
    if not names:
        return [*pieces]
    note = f"left out: {', '.join(names)}: not train, validation or test"
    return [replace(pieces[0], notes=[*pieces[0].notes, note]), *pieces[1:]]


def refuse_other_columns(pieces: Sequence[Piece]) -> None:
    """Raise InputError if the files or splits of one source have different columns."""
    for piece in pieces[1:]:
        first = pieces[0]
        if {*piece.columns} != {*first.columns}:
            raise InputError(
                f"{piece.key}: {piece.name!r} has the columns {', '.join(piece.columns)}, but"
                f" {first.name!r} has {', '.join(first.columns)}; allowed: the same columns in all"
                " files"
            )
