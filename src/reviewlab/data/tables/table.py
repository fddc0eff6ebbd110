"""An open table: its columns, and its rows in chunks, so that it may be of any size.

In delimited text, every value is kept exactly as written: "007", "None" and "N/A" have no special
meaning.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NoReturn, Self

from reviewlab.data.tables.nested import Rows
from reviewlab.data.tables.source import MOST_LISTED, Source

_LONGEST_NAME = 60
TEXT_COLUMNS = ("text", "content", "review")


class Table(ABC):
    """An open table, for use in a `with` block; iterating yields its rows once, in chunks.

    Attributes:
        columns: names of the columns, in the order of the file.
        nested: dotted paths to the values inside columns of objects; see `pick`.
        lines: the line of the file, counted from 1, where each row of the last chunk begins; for
            binary formats, the row's number.
        notes: detected properties of the file, such as its delimiter; one string for each.
    """

    columns: list[str]
    nested: list[str]
    lines: list[int]
    notes: list[str]

    def __init__(self, source: Source) -> None:
        self._source = source
        self.lines = []
        self.notes = []

    @abstractmethod
    def __iter__(self) -> Iterator[Rows]: ...

    @property
    @abstractmethod
    def share_read(self) -> float | None:
        """Share of the table that has been read, 0 to 1; None if it is unknown (a pipe)."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def require(self, names: Sequence[str]) -> None:
        """Raise InputError unless the table has every column or dotted path in `names`."""
        for name in names:
            if name not in self.columns and name not in self.nested:
                self._source.refuse(f"has no column {name!r}; its columns are {self._all_names()}")

    def refuse(self, rows: Sequence[int], problem: str) -> NoReturn:
        """Raise an InputError for rows of the last chunk; name the lines of up to ten.

        Args:
            rows: the rows with the problem.
            problem: what is wrong with the first row, and what to do about it.
        """
        line, *others = (self.lines[row] for row in rows[:MOST_LISTED])
        self._source.refuse(problem, line, others)

    def text_column(self, wanted: str | None) -> str:
        """Find the column that holds the reviews: `wanted`, or the first of `TEXT_COLUMNS`."""
        if wanted is not None:
            self.require([wanted])
            return wanted
        columns = [name for name in TEXT_COLUMNS if name in self.columns]
        if not columns and any(map(_is_value, self.columns)):
            self._source.refuse(
                f"has to name its columns in the first line, such as {TEXT_COLUMNS[0]}; its first"
                f" line looks like a row: {', '.join(self.columns):.80}"
            )
        if not columns:
            self._source.refuse(
                f"has none of the columns {', '.join(TEXT_COLUMNS)}; choose the review"
                f" column with {self._source.option('text_column')}=, one of {self._all_names()}"
            )
        return columns[0]

    def _set_columns(self, names: list[str], nested: Sequence[str] = ()) -> None:
        """Set the names of the columns; raise InputError for duplicates."""
        for name in names:
            if names.count(name) > 1:
                self._source.refuse(f"has two columns named {name!r}; rename or remove one of them")
        self.columns = names
        self.nested = [path for path in nested if path not in names]

    def _all_names(self) -> str:
        return ", ".join([*self.columns, *self.nested])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _is_value(name: str) -> bool:
    """Test if the name of a column looks like a value: a number, or a long text."""
    return len(name) > _LONGEST_NAME or name.replace(".", "", 1).isdigit()
