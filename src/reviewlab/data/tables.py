"""Rows from csv, jsonl and parquet files or from stdin, chunk by chunk, so that any size works.

A chunk is a dictionary from column name to the values of that column. Every csv value is the string
in the file: "007", "None" and "N/A" mean nothing special. Only UTF-8 is read.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from reviewlab.data.table_readers import (
    STANDARD_STREAM,
    CsvTable,
    JsonTable,
    ParquetTable,
    Table,
)
from reviewlab.exceptions import InputError

__all__ = ["Format", "as_list", "format_of", "open_table", "read_table"]

Format = Literal["csv", "jsonl", "parquet"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_TABLES: dict[Format, type[Table]] = {
    "csv": CsvTable,
    "jsonl": JsonTable,
    "parquet": ParquetTable,
}


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


def open_table(path: str | Path, key: str, format: Format | None = None) -> Table:  # noqa: A002
    """Open a table to read it.

    Args:
        path: a file, or "-" for stdin.
        key: the option that errors name.
        format: of a file without a known suffix, and of stdin.

    Raises:
        InputError: there is no such file, or it is no such table.
    """
    name = str(path)
    kind = format_of(name, key, format)
    if name == STANDARD_STREAM:
        if kind == "parquet":
            raise InputError("format: 'parquet' cannot be read from stdin; csv and jsonl can")
        return _TABLES[kind](sys.stdin.buffer, name, key)
    if Path(name).is_dir():
        raise InputError(f"{key}: {name!r} is a folder; give a csv, jsonl or parquet file")
    try:
        stream = Path(name).open("rb")  # noqa: SIM115  (the table closes it)
    except FileNotFoundError:
        raise InputError(f"{key}: {name!r} does not exist") from None
    except OSError as error:
        raise InputError(f"{key}: {name!r} cannot be read: {error.strerror}") from None
    try:
        return _TABLES[kind](stream, name, key)
    except BaseException:
        stream.close()
        raise


def read_table(path: str | Path, key: str, columns: Sequence[str]) -> dict[str, list[Any]]:
    """Read columns of a whole file.

    Args:
        path: a file, or "-" for stdin.
        key: the option that errors name.
        columns: the names of the columns.

    Raises:
        InputError: there is no such file, it lacks a column, or it has no rows.
    """
    with open_table(path, key) as table:
        table.require(columns)
        whole: dict[str, list[Any]] = {name: [] for name in columns}
        for rows in table:
            for name, values in whole.items():
                values.extend(as_list(rows[name]))
    if columns and not whole[columns[0]]:
        raise InputError(f"{key}: {str(path)!r} has a header but no rows")
    return whole


def as_list(values: Sequence[Any]) -> list[Any]:
    """Return the values of a column as Python objects."""
    return values if isinstance(values, list) else values.to_pylist()  # type: ignore[attr-defined]
