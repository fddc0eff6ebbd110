"""Open a table with the reader that its suffix calls for, or read it whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from reviewlab.data.tables.arrow import ArrowTable, ParquetTable
from reviewlab.data.tables.delimited import DelimitedTable
from reviewlab.data.tables.formats import BINARY, Format, format_of
from reviewlab.data.tables.json_table import JsonTable
from reviewlab.data.tables.nested import pick
from reviewlab.data.tables.source import MOST_LISTED, STANDARD_STREAM, Source
from reviewlab.data.tables.table import Table
from reviewlab.exceptions import InputError


class WholeTable(NamedTuple):
    """A table in memory.

    Attributes:
        columns: maps each column's name to its values; all columns have the same length.
        lines: the line of the file where each row begins; see `Table.lines`.
        notes: properties of the file that were detected; see `Table.notes`.
        source: the file.
    """

    columns: dict[str, list[Any]]
    lines: list[int]
    notes: list[str]
    source: Source

    def refuse(self, rows: Sequence[int], column: str, allowed: str) -> NoReturn:
        """Raise an InputError that shows the first value and names the lines of the others.

        Args:
            rows: the rows with a value that is not allowed.
            column: the column of the values.
            allowed: what is allowed instead.
        """
        line, *others = (self.lines[row] for row in rows[:MOST_LISTED])
        value = self.columns[column][rows[0]]
        self.source.refuse(f"{column} is {value!r:.80}; {allowed}", line, others)


def open_table(
    path: str | Path,
    key: str,
    format: Format | None = None,  # noqa: A002
    encoding: str | None = None,
) -> Table:
    """Open a table for reading.

    Args:
        path: a file, or "-" for stdin.
        key: the option that names the file, for messages.
        format: format of stdin, or of a file without a known suffix.
        encoding: encoding of a text file; None to detect it.

    Raises:
        InputError: there is no such file, or it is not a table of this format.
    """
    kind = format_of(str(path), key, format)
    if str(path) == STANDARD_STREAM and kind in BINARY:
        raise InputError(f"format: {kind!r} cannot be read from stdin; allowed: csv, jsonl")
    source = _source(path, key, kind)
    if kind == "parquet":
        return ParquetTable(source, encoding)
    if kind == "arrow":
        return ArrowTable(source, encoding)
    return (JsonTable if kind in ("jsonl", "json") else DelimitedTable)(source, kind, encoding)


def read_table(
    path: str | Path,
    key: str,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
) -> WholeTable:
    """Read a whole file into memory, or some of its columns.

    Args:
        path: a file, or "-" for stdin.
        key: the option that names the file, for messages.
        columns: names of columns, or dotted paths; None for all columns.
        encoding: encoding of a text file; None to detect it.

    Raises:
        InputError: there is no such file, it lacks a column, or it has no rows.
    """
    source = _source(path, key, format_of(str(path), key))
    with open_table(path, key, encoding=encoding) as table:
        names = table.columns if columns is None else columns
        table.require(names)
        whole = WholeTable({name: [] for name in names}, [], table.notes, source)
        for rows in table:
            whole.lines.extend(table.lines)
            for name, values in whole.columns.items():
                values.extend(as_list(pick(rows, name)))
    if not whole.lines:
        raise InputError(f"{key}: {str(path)!r} has a header but no rows")
    return whole


def _source(path: str | Path, key: str, kind: Format) -> Source:
    return Source(str(path), key, "row" if kind in BINARY else "line")


def as_list(values: Sequence[Any]) -> list[Any]:
    """Return the values of a column as Python objects."""
    return values if isinstance(values, list) else values.to_pylist()  # type: ignore[attr-defined]
