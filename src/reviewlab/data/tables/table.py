"""An open table: its columns, then its rows, chunk by chunk, so that any size works.

Every value of delimited text is the string in the file: "007", "None" and "N/A" mean nothing
special.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from reviewlab.data.tables.source import Source

Rows = dict[str, Sequence[Any]]
"""Column name -> values; all columns have one length, and their order is that of the file."""

TEXT_COLUMNS = ("text", "content", "review")


class Table(ABC):
    """An open table: its `columns`, then its rows, once, in chunks. Use it in a `with` block.

    columns: the names, in the order of the file.
    lines: for each row of the chunk yielded last, the line of the file on which that row begins,
        counted from 1; in binary formats the number of the row.
    notes: what was recognised and is worth telling: a line each.
    """

    columns: list[str]
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
        """The share of the table that has been read, 0 to 1; None if it is unknown (a pipe)."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def require(self, names: Sequence[str]) -> None:
        """Refuse the table unless it has all columns in `names`."""
        for name in names:
            if name not in self.columns:
                columns = ", ".join(self.columns)
                self._source.refuse(f"has no column {name!r}; its columns are {columns}")

    def text_column(self, wanted: str | None) -> str:
        """Find the column that holds the reviews: `wanted`, or the first of `TEXT_COLUMNS`."""
        if wanted is not None:
            self.require([wanted])
            return wanted
        columns = [name for name in TEXT_COLUMNS if name in self.columns]
        if not columns:
            self._source.refuse(
                f"has none of the columns {', '.join(TEXT_COLUMNS)}; choose the one that holds "
                f"the reviews with text_column=, one of {', '.join(self.columns)}"
            )
        return columns[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
