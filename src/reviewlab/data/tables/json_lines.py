"""Rows of JSON lines."""

import json
import re
from collections.abc import Iterator
from typing import Any

from reviewlab.data.tables import chunks
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Rows, Table
from reviewlab.data.tables.text import TextLines

Record = dict[str, Any]
"""The JSON object on one line of a table, by column."""

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class JsonTable(Table):
    """One JSON object a line; the first names the columns, a later one may lack some (null).

    Args:
        source: the file or pipe.
        encoding: its name for Python; None to recognise it.

    Raises:
        InputError: the file is empty, or its first line is no JSON object.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        super().__init__(source)
        self._text = TextLines(source, encoding)
        self._rows = self._records()
        try:
            self._first = next(self._rows, None)
            if self._first is None:
                self._source.refuse("is empty; every line of a jsonl file is one JSON object")
            self.columns = list(self._first)
        except BaseException:
            self.close()
            raise

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes."""
        return self._text.share_read

    def __iter__(self) -> Iterator[Rows]:
        rows: list[Record] = []
        lines: list[int] = []
        begin = 0
        for row in self._all_records():
            rows.append(row)
            lines.append(self._text.count)
            if chunks.is_full(len(rows), self._text.characters - begin):
                yield self._columns(rows, lines)
                rows, lines, begin = [], [], self._text.characters
        if rows:
            yield self._columns(rows, lines)

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _columns(self, rows: list[Record], lines: list[int]) -> Rows:
        self.lines = lines
        return {column: [row.get(column) for row in rows] for column in self.columns}

    def _all_records(self) -> Iterator[Record]:
        if self._first is not None:
            yield self._first
        columns = set(self.columns)
        for row in self._rows:
            if not columns.issuperset(row):
                unknown = next(name for name in row if name not in columns)
                self._source.refuse(f"key {unknown!r} is not in the first line", self._text.count)
            yield row

    def _records(self) -> Iterator[Record]:
        for line in self._text:
            if line.isspace():
                continue
            try:
                row = json.loads(line.rstrip())
            except (ValueError, RecursionError) as error:
                self._source.refuse(f"is not JSON ({_at(error)})", self._text.count)
            if not isinstance(row, dict):
                kind = type(row).__name__
                self._source.refuse(f"is not a JSON object but {kind}", self._text.count)
            if _HALF_PAIR.search(line) and _is_broken(row):
                problem = "holds half of a surrogate pair, which is not text"
                self._source.refuse(problem, self._text.count)
            yield row


def _at(error: ValueError | RecursionError) -> str:
    """Tell what is wrong with a line, without the line number, which is always 1 there."""
    if isinstance(error, json.JSONDecodeError):
        return f"column {error.colno}: {error.msg}"
    return str(error)


def _is_broken(row: Record) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
