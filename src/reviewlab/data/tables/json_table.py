"""Rows of JSON: one object per line, or an array of objects."""

from collections.abc import Iterator
from typing import NamedTuple

from reviewlab.data.tables import chunks
from reviewlab.data.tables.formats import Format
from reviewlab.data.tables.json_values import Record, read_lines, read_values
from reviewlab.data.tables.nested import Rows, paths_in
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Table
from reviewlab.data.tables.text import TextFile

_MOST_COLUMNS = 1000


class _Chunk(NamedTuple):
    rows: list[Record]
    lines: list[int]


class JsonTable(Table):
    """Rows from JSON objects: each key is a column, with null in the rows of objects without it.

    A file is read twice, first for its keys. A pipe can be read only once, so its first chunk has
    to contain all keys.

    Args:
        source: the file or pipe.
        kind: `jsonl` for one object per line; `json` for an array, or a sequence of objects.
        encoding: Python's name of the encoding; None to detect it.

    Raises:
        InputError: there is no object, or a value is not an object.
    """

    def __init__(self, source: Source, kind: Format = "jsonl", encoding: str | None = None) -> None:
        super().__init__(source)
        self._read = read_values if kind == "json" else read_lines
        self._keys = _Keys(source)
        self._text = TextFile(source, encoding)
        try:
            self._chunks = self._read_chunks()
            self._ahead = next(self._chunks, None)
            if self._ahead is None:
                source.refuse("is empty; it has to contain JSON objects, such as one on each line")
            self._learn_keys(self._ahead)
            if not source.is_stream:
                for chunk in self._chunks:
                    self._learn_keys(chunk)
                self._refuse_columns_as_rows(kind)
                self._reopen(encoding)
        except BaseException:
            self.close()
            raise
        self.notes = self._text.notes
        self._set_columns(list(self._keys.columns), list(self._keys.nested))

    @property
    def share_read(self) -> float | None:
        """Share of the file's bytes that have been read; None for a pipe."""
        return self._text.share_read

    def __iter__(self) -> Iterator[Rows]:
        if self._ahead is not None:
            yield self._columns_of(self._ahead)
            self._ahead = None
        columns = set(self.columns)
        for chunk in self._chunks:
            for row, line in zip(chunk.rows, chunk.lines, strict=True):
                if not columns.issuperset(row):
                    self._refuse_late(next(name for name in row if name not in columns), line)
            yield self._columns_of(chunk)

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _read_chunks(self) -> Iterator[_Chunk]:
        chunk, begin = _Chunk([], []), 0
        for line, row in self._read(self._text, self._source):
            chunk.rows.append(row)
            chunk.lines.append(line)
            if chunks.is_full(len(chunk.rows), self._text.characters - begin):
                yield chunk
                chunk, begin = _Chunk([], []), self._text.characters
        if chunk.rows:
            yield chunk

    def _learn_keys(self, chunk: _Chunk) -> None:
        for row in chunk.rows:
            self._keys.add(row)

    def _reopen(self, encoding: str | None) -> None:
        self._text.close()
        self._text = TextFile(self._source, encoding)
        self._chunks, self._ahead = self._read_chunks(), None

    def _columns_of(self, chunk: _Chunk) -> Rows:
        self.lines = chunk.lines
        return {column: [row.get(column) for row in chunk.rows] for column in self.columns}

    def _refuse_late(self, name: str, line: int) -> None:
        self._source.refuse(
            f"key {name!r} is new here, but a pipe is read only once; give the first object every"
            " key (with null where it has no value), or give a file",
            line,
        )

    def _refuse_columns_as_rows(self, kind: Format) -> None:
        row = self._ahead.rows[0] if self._ahead and self._keys.rows == 1 else {}
        if kind == "json" and row and all(isinstance(value, dict | list) for value in row.values()):
            self._source.refuse(
                "is a single object; write an array with one object per row (pandas:"
                " orient='records')"
            )


class _Keys:
    """The keys of all objects, in order of appearance."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.rows = 0
        self.columns: dict[str, None] = {}
        self.nested: dict[str, None] = {}

    def add(self, row: Record) -> None:
        """Add the keys of a row, and the dotted paths inside its values."""
        self.rows += 1
        if not self.columns.keys() >= row.keys():
            self.columns.update(dict.fromkeys(row))
            if len(self.columns) > _MOST_COLUMNS:
                self._source.refuse(
                    f"has objects with over {_MOST_COLUMNS} different keys; use the same keys in"
                    " all objects"
                )
        for name, value in row.items():
            if type(value) is dict and len(self.nested) < _MOST_COLUMNS:
                self.nested.update(dict.fromkeys(paths_in(name, value)))
