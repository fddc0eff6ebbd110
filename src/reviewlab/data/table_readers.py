"""Readers of tables, one for each format; `reviewlab.data.tables` opens the right one."""

import csv
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

from reviewlab.exceptions import InputError, first_line

Rows = dict[str, Sequence[Any]]
"""Column name -> values; all columns have one length, and their order is that of the file."""

Record = dict[str, Any]
"""The JSON object on one line of a table, by column."""

STANDARD_STREAM = "-"
TEXT_COLUMNS = ("text", "content", "review")
CHUNK_ROWS = 8192
CHUNK_BYTES = 32 * 2**20
LONGEST_FIELD = 64 * 2**20  # a quote that is never closed must not pull a whole file into memory
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Table(ABC):
    """An open table: its `columns`, then its rows, once, in chunks. Use it in a `with` block."""

    columns: list[str]

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        self._stream = stream
        self._name = name
        self._key = key
        self._size = Path(name).stat().st_size if Path(name).is_file() else 0

    @abstractmethod
    def __iter__(self) -> Iterator[Rows]: ...

    @property
    @abstractmethod
    def share_read(self) -> float | None:
        """The share of the table that has been read, 0 to 1; None if it is unknown (a pipe)."""

    def require(self, names: Sequence[str]) -> None:
        """Refuse the table unless it has all columns in `names`."""
        for name in names:
            if name not in self.columns:
                self._refuse(f"has no column {name!r}; its columns are {', '.join(self.columns)}")

    def text_column(self, wanted: str | None) -> str:
        """Find the column that holds the reviews: `wanted`, or the first of `TEXT_COLUMNS`."""
        if wanted is not None:
            self.require([wanted])
            return wanted
        columns = [name for name in TEXT_COLUMNS if name in self.columns]
        if not columns:
            self._refuse(
                f"has none of the columns {', '.join(TEXT_COLUMNS)}; choose the one that holds "
                f"the reviews with text_column=, one of {', '.join(self.columns)}"
            )
        return columns[0]

    def _refuse(self, problem: str, line: int | None = None) -> NoReturn:
        where = f" line {line}:" if line else ""
        raise InputError(f"{self._key}: {self._name!r}{where} {problem}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._name != STANDARD_STREAM:
            self._stream.close()


class _LineTable(Table):
    """A table whose file is read line by line; knows the line in hand."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        super().__init__(stream, name, key)
        self._line = 0
        self._bytes = 0
        self._lines = self._decoded()

    @property
    def share_read(self) -> float | None:
        return min(1.0, self._bytes / self._size) if self._size else None

    def _decoded(self) -> Iterator[str]:
        for raw in self._stream:
            self._line += 1
            self._bytes += len(raw)
            if self._line == 1 and raw.startswith(_BYTE_ORDER_MARK):
                raw = raw[len(_BYTE_ORDER_MARK) :]
            try:
                yield raw.decode()
            except UnicodeDecodeError as error:
                byte = raw[error.start]
                self._refuse(f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8", self._line)

    def _batches(self, records: Iterator[Any]) -> Iterator[list[Any]]:
        batch: list[Any] = []
        begin = self._bytes
        for record in records:
            batch.append(record)
            if len(batch) == CHUNK_ROWS or self._bytes - begin >= CHUNK_BYTES:
                yield batch
                batch, begin = [], self._bytes
        if batch:
            yield batch


class CsvTable(_LineTable):
    """Rows of a csv file with commas and double quotes; every value is the text in the file."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        super().__init__(stream, name, key)
        csv.field_size_limit(LONGEST_FIELD)  # of the whole process; the default is 128 KB
        self._reader = csv.reader(self._lines, strict=True)
        self.columns = next(self._records(width=None), [])
        if not self.columns:
            self._refuse("is empty; the first line of a csv file names its columns")
        for column in self.columns:
            if self.columns.count(column) > 1:
                self._refuse(f"column {column!r} is there twice", self._line)

    def __iter__(self) -> Iterator[Rows]:
        for rows in self._batches(self._records(len(self.columns))):
            columns = map(list, zip(*rows, strict=True))
            yield dict(zip(self.columns, columns, strict=True))

    def _records(self, width: int | None) -> Iterator[list[str]]:
        begin = self._line + 1
        try:
            for row in self._reader:
                if row and width is not None and len(row) != width:
                    self._refuse(f"has {_fields(len(row))}, its header has {width}", begin)
                if row:  # an empty line is no row
                    yield row
                begin = self._line + 1
        except csv.Error as error:
            self._refuse(f"bad quoting in the row that begins here ({error})", begin)


class JsonTable(_LineTable):
    """One JSON object a line; the first names the columns, a later one may lack some (null)."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        super().__init__(stream, name, key)
        self._rows = self._records()
        self._first = next(self._rows, None)
        if self._first is None:
            self._refuse("is empty; every line of a jsonl file is one JSON object")
        self.columns = list(self._first)

    def __iter__(self) -> Iterator[Rows]:
        for rows in self._batches(self._all_records()):
            yield {column: [row.get(column) for row in rows] for column in self.columns}

    def _all_records(self) -> Iterator[Record]:
        if self._first is not None:
            yield self._first
        columns = set(self.columns)
        for row in self._rows:
            if not columns.issuperset(row):
                unknown = next(name for name in row if name not in columns)
                self._refuse(f"key {unknown!r} is not in the first line", self._line)
            yield row

    def _records(self) -> Iterator[Record]:
        for line in self._lines:
            if line.isspace():
                continue
            try:
                row = json.loads(line.rstrip())
            except (ValueError, RecursionError) as error:
                self._refuse(f"is not JSON ({_at(error)})", self._line)
            if not isinstance(row, dict):
                self._refuse(f"is not a JSON object but {type(row).__name__}", self._line)
            if _HALF_PAIR.search(line) and _is_broken(row):
                self._refuse("holds half of a surrogate pair, which is not text", self._line)
            yield row


def _at(error: ValueError | RecursionError) -> str:
    """Tell what is wrong with a line, without the line number, which is always 1 there."""
    if isinstance(error, json.JSONDecodeError):
        return f"column {error.colno}: {error.msg}"
    return str(error)


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def _is_broken(row: Record) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class ParquetTable(Table):
    """Values stay arrow arrays, so that a parquet file written from them keeps every type."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        import pyarrow
        from pyarrow import parquet

        super().__init__(stream, name, key)
        self._arrow_error = pyarrow.ArrowException
        if not self._size:
            self._refuse("is empty")
        try:
            self._file = parquet.ParquetFile(stream)
        except (pyarrow.ArrowException, OSError) as error:
            self._refuse(f"is not a readable parquet file ({first_line(error)})")
        self._rows = 0
        self.columns = list(self._file.schema_arrow.names)

    @property
    def share_read(self) -> float | None:
        """The share of rows."""
        return self._rows / max(1, int(self._file.metadata.num_rows))

    def __iter__(self) -> Iterator[Rows]:
        try:
            for batch in self._file.iter_batches(batch_size=CHUNK_ROWS):
                self._rows += batch.num_rows
                yield dict(zip(batch.schema.names, batch.columns, strict=True))
        except (self._arrow_error, OSError) as error:
            self._refuse(f"is damaged ({first_line(error)})")
