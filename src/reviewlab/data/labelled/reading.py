"""Turn the rows of a source into labelled reviews, by split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.console.text import count_of
from reviewlab.data.dates import read_dates
from reviewlab.data.dealing import Indices
from reviewlab.data.labelled.columns import Choice, Columns, choose_columns, require_column
from reviewlab.data.labelled.folder import SPLIT_WORDS, split_of
from reviewlab.data.labelled.labels import LabelRule
from reviewlab.data.labelled.pieces import Piece, Rows, with_paths
from reviewlab.data.labelled.values import label_name
from reviewlab.data.repetitions import count_repetitions, describe_repetitions
from reviewlab.data.reviews import LEFT_OUT, SPLITS, Classes, Label, Reviews
from reviewlab.exceptions import InputError

BETWEEN_TEXTS = "\n\n"
"""Separates the texts of several columns."""

_TEXT = str | int | float | None
"""Values that are read as texts."""


class LabelledReviews(NamedTuple):
    """The reviews of all sources.

    Attributes:
        classes: the classes of all reviews.
        splits: the reviews of each split; all in `train` if the sources have no splits.
        notes: notes made while reading.
    """

    classes: Classes
    splits: dict[str, Reviews]
    notes: list[str]


class ChosenColumns(NamedTuple):
    """All columns of a source, and which of them hold the texts and labels."""

    columns: Columns
    choice: Choice


@dataclass(frozen=True)
class Reader:
    """Reads labelled reviews from rows.

    Args:
        text_column: text column, or several columns to join; None to detect it.
        label_column: label column; None to detect it.
        label_names: all classes in order; None for the classes that occur.
        label_map: new name of each label; reviews whose label is mapped to None are left out.
        split_column: column that names each review's split.
        group_column: column that names each review's group; a group stays in one split.
        date_column: column of days such as 2024-12-31.
        before: a day; reviews of that day or later, or without a date, are left out. None to keep
            all reviews.
    """

    text_column: str | list[str] | None
    label_column: str | None
    label_names: Sequence[Label] | None
    label_map: Mapping[Label, Label | None]
    split_column: str | None
    group_column: str | None
    date_column: str | None = None
    before: str | None = None

    def read(self, pieces: Sequence[Piece]) -> LabelledReviews:
        """Read the reviews of all files and splits; the first one decides which columns are read.

        Raises:
            InputError: columns, labels or splits are invalid.
        """
        pieces = [with_paths(piece, self._column_names()) for piece in pieces]
        chosen = self._choose(pieces[0])
        rows = Rows(pieces)
        rule = LabelRule(chosen.label, self.label_names, self.label_map)
        labels = rule.apply(rows.values(chosen.label), rows.refuse)
        texts = join_texts([_read_texts(rows, name) for name in chosen.texts])
        late = self._find_late(rows)
        numbers = np.where(late, LEFT_OUT, labels.numbers)
        reviews = Reviews(texts, numbers, self._groups(rows))
        _refuse_missing_header(pieces[0], chosen.label, labels.classes)
        notes = [*dict.fromkeys(note for piece in pieces for note in piece.notes)]
        notes += [describe_choice(chosen, labels.classes), *labels.notes]
        if late.any():
            count = count_of(int(late.sum()), "review")
            notes.append(f"left out: {count} without a date, or from {self.before} on")
        notes += describe_repetitions(count_repetitions(reviews))
        splits = _by_split(reviews, self._splits(rows, pieces))
        if "train" not in splits:
            raise InputError(f"{pieces[0].key}: {pieces[0].name!r} has no reviews to train on")
        return LabelledReviews(labels.classes, splits, notes)

    def choose_among(self, pieces: Sequence[Piece]) -> ChosenColumns:
        """Return all columns of a source, and its text and label columns.

        Args:
            pieces: all rows of the source.
        """
        pieces = [with_paths(piece, self._column_names()) for piece in pieces]
        rows = Rows(pieces)
        columns = {name: rows.values(name) for name in pieces[0].columns}
        return ChosenColumns(columns, self._choose(pieces[0]))

    def _column_names(self) -> list[str]:
        """Return the names of all columns that are named by options."""
        texts = self.text_column if isinstance(self.text_column, list) else [self.text_column]
        names = [*texts, self.label_column, *self._others().values()]
        return [name for name in names if name is not None]

    def _others(self) -> dict[str, str]:
        """Map the options for split, group and date columns to the columns that they name."""
        keys = ("split_column", "group_column", "date_column")
        names = {key: getattr(self, key) for key in keys}
        return {key: name for key, name in names.items() if name is not None}

    def _choose(self, piece: Piece) -> Choice:
        others = self._others()
        for key, name in others.items():
            require_column(piece.columns, name, f"data.{key}")
        return choose_columns(
            piece.columns, self.text_column, self.label_column, [*others.values()]
        )

    def _splits(self, rows: Rows, pieces: Sequence[Piece]) -> list[str]:
        """Return the split of each row, `train` if none is given."""
        if self.split_column is None:
            return [split or "train" for split in rows.splits()]
        named = [piece for piece in pieces if piece.split is None]
        values = Rows(named).values(self.split_column)
        from_column = [split_of(str(value)) for value in values]
        if unknown := [row for row, split in enumerate(from_column) if split is None]:
            Rows(named).refuse(
                unknown,
                f"{self.split_column!r} is {values[unknown[0]]!r:.40}; allowed in"
                f" data.split_column: {', '.join(SPLIT_WORDS)}",
            )
        read = filter(None, from_column)
        return [split or next(read) for split in rows.splits()]

    def _find_late(self, rows: Rows) -> NDArray[np.bool_]:
        """Find the rows without a date, and those with a date on or after the day `before`."""
        if self.before is None or self.date_column is None:
            return np.zeros(len(rows), dtype=bool)
        dates, unreadable = read_dates(rows.values(self.date_column))
        if unreadable:
            rows.refuse(
                unreadable,
                f"{self.date_column!r} is {dates[unreadable[0]]!r:.40}; data.before needs dates"
                " such as 2024-12-31, with or without a time",
            )
        day = self.before
        return np.array([not date or date[: len(day)] >= day for date in dates], dtype=bool)

    def _groups(self, rows: Rows) -> Indices | None:
        """Return the index of each row's group; a row without a group forms its own."""
        if self.group_column is None:
            return None
        values = rows.values(self.group_column)
        numbers: dict[str, int] = {}
        return np.array(
            [
                -1 - row if value in (None, "") else numbers.setdefault(str(value), len(numbers))
                for row, value in enumerate(values)
            ],
            np.int64,
        )


def describe_choice(choice: Choice, classes: Classes) -> str:
    """Return a note that names the text columns, the label column and the classes."""
    names = ", ".join(classes.names)
    return f"texts: {' and '.join(choice.texts)}; labels: {choice.label} ({names})"


def _refuse_missing_header(piece: Piece, column: str, classes: Classes) -> None:
    """Raise InputError if the label column's name is one of the classes.

    In that case, the file has no header, and its first line is a review.

    Args:
        piece: the rows of a file.
        column: name of the label column.
        classes: the classes of the reviews.
    """
    if piece.unit == "line" and label_name(column) in classes.names:
        raise InputError(
            f"{piece.key}: {piece.name!r} line 1: has the label {column!r} where a column name"
            " should be; add a first line with the column names, such as text,label"
        )


def _by_split(reviews: Reviews, splits: Sequence[str]) -> dict[str, Reviews]:
    """Return the labelled reviews of each split, except for splits without any."""
    labelled = reviews.labels != LEFT_OUT
    named = np.array(splits)
    rows = {name: np.flatnonzero(labelled & (named == name)) for name in SPLITS}
    return {name: reviews.take(numbers) for name, numbers in rows.items() if len(numbers)}


def _read_texts(rows: Rows, column: str) -> list[str]:
    """Read a column of texts; null becomes an empty text, and a number becomes a string."""
    values = rows.values(column)
    if all(isinstance(value, str) for value in values):
        return values
    no_texts = [row for row, value in enumerate(values) if not isinstance(value, _TEXT)]
    if no_texts:
        value = values[no_texts[0]]
        rows.refuse(
            no_texts,
            f"{column!r} is {value!r:.40}, which is not text; choose {_instead_of(column, value)}"
            " with data.text_column",
        )
    return ["" if value is None else str(value) for value in values]


def _instead_of(column: str, value: Any) -> str:
    """Return a suggestion for a message: a text inside the column's objects, or another column."""
    inside = value.items() if isinstance(value, dict) else ()
    names = [f"{column}.{name}" for name, part in inside if isinstance(part, str)]
    return f"a text in it, such as {names[0]}," if names else "another column"


def join_texts(columns: Sequence[list[str]]) -> list[str]:
    """Join the texts of each row, skipping empty ones."""
    if len(columns) == 1:
        return columns[0]
    return [BETWEEN_TEXTS.join(filter(None, texts)) for texts in zip(*columns, strict=True)]
