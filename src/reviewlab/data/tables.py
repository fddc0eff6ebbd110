"""Rows from csv, jsonl and parquet files or from stdin, chunk by chunk, so that any size works.

A chunk is a dictionary from column name to the values of that column. Every csv value is the string
that stands in the file: "007", "None" and "N/A" mean nothing special. Only UTF-8 is read.
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
    """The format that the suffix of `path` names; `given` counts where there is no known suffix."""
    if path == STANDARD_STREAM:
        return given or "csv"
    known = _SUFFIXES.get(Path(path).suffix.lower()) or given
    if known is None:
        raise InputError(f"{key}: {path!r} must end in .csv, .jsonl or .parquet, or give format=")
    return known


def open_table(path: str | Path, key: str, format: Format | None = None) -> Table:  # noqa: A002
    """The table at `path`, or on stdin for "-"; `key` is the option that errors name."""
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
    """The named columns of a whole file; a file without rows is refused."""
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
    """The values of a column as Python objects."""
    return values if isinstance(values, list) else values.to_pylist()  # type: ignore[attr-defined]
