"""Opens a table by its suffix; reads one as a whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from reviewlab.data.tables.arrow import ParquetTable
from reviewlab.data.tables.delimited import DelimitedTable
from reviewlab.data.tables.json_lines import JsonTable
from reviewlab.data.tables.source import STANDARD_STREAM, Source
from reviewlab.data.tables.table import Table
from reviewlab.exceptions import InputError

Format = Literal["csv", "jsonl", "parquet"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_TABLES: dict[Format, type[DelimitedTable | JsonTable | ParquetTable]] = {
    "csv": DelimitedTable,
    "jsonl": JsonTable,
    "parquet": ParquetTable,
}


class WholeTable(NamedTuple):
    """A table in memory.

    columns: name -> values, all of one length.
    lines: for each row, the line of the file on which it begins; see `Table.lines`.
    notes: what was recognised and is worth telling.
    """

    columns: dict[str, list[Any]]
    lines: list[int]
    notes: list[str]


def format_of(path: str, key: str, given: Format | None = None) -> Format:
    """Find the format of a table.

    Args:
        path: a file, whose suffix names the format, or "-".
        key: the option that errors name.
        given: the format if the suffix names none.

    Raises:
        InputError: neither names a format.
    """
    if path == STANDARD_STREAM:
        return given or "csv"
    kind = _SUFFIXES.get(Path(path).suffix.lower()) or given
    if kind is None:
        raise InputError(f"{key}: {path!r} must end in .csv, .jsonl or .parquet, or give format=")
    return kind


def open_table(
    path: str | Path,
    key: str,
    format: Format | None = None,  # noqa: A002
    encoding: str | None = None,
) -> Table:
    """Open a table to read it.

    Args:
        path: a file, or "-" for stdin.
        key: the option that errors name.
        format: of a file without a known suffix, and of stdin.
        encoding: of a text file; None to recognise it.

    Raises:
        InputError: there is no such file, or it is no such table.
    """
    kind = format_of(str(path), key, format)
    if str(path) == STANDARD_STREAM and kind == "parquet":
        raise InputError("format: 'parquet' cannot be read from stdin; csv and jsonl can")
    return _TABLES[kind](Source(str(path), key), encoding)


def read_table(
    path: str | Path,
    key: str,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
) -> WholeTable:
    """Read columns of a whole file.

    Args:
        path: a file, or "-" for stdin.
        key: the option that errors name.
        columns: the names of the columns; None for all.
        encoding: of a text file; None to recognise it.

    Raises:
        InputError: there is no such file, it lacks a column, or it has no rows.
    """
    with open_table(path, key, encoding=encoding) as table:
        names = table.columns if columns is None else columns
        table.require(names)
        whole = WholeTable({name: [] for name in names}, [], table.notes)
        for rows in table:
            whole.lines.extend(table.lines)
            for name, values in whole.columns.items():
                values.extend(as_list(rows[name]))
    if not whole.lines:
        raise InputError(f"{key}: {str(path)!r} has a header but no rows")
    return whole


def as_list(values: Sequence[Any]) -> list[Any]:
    """Return the values of a column as Python objects."""
    return values if isinstance(values, list) else values.to_pylist()  # type: ignore[attr-defined]
