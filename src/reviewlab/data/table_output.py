"""Writes tables chunk by chunk; the file is there when it is whole, and not before."""

import json
import os
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from reviewlab.data.table_readers import STANDARD_STREAM, Rows
from reviewlab.data.tables import Format, as_list, format_of
from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.files import atomic_path

_QUOTE_FOR = re.compile('[",\r\n]')
_LINES_AT_A_TIME = 256  # what is joined and encoded then stays in the processor's cache


class _Output:
    """A binary stream whose failures are one line: disk full, no permission, file too large."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        self._stream = stream
        self._name = name
        self._key = key
        self.abandoned = False
        self.closed = False  # pyarrow asks

    def write(self, data: bytes) -> int:
        if self.abandoned:  # pyarrow's writer ends its file when it is collected as garbage
            return len(data)
        rest = memoryview(data)
        try:
            while rest:  # an unbuffered file may take a part
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            raise self.failure(error) from None
        return len(data)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise self.failure(error) from None

    def failure(self, error: OSError) -> Exception:
        if isinstance(error, BrokenPipeError):  # the reader of our stdout has seen enough
            return error
        return refusal(self._name, self._key, error)


class TableWriter(ABC):
    """Takes rows in the order of the file."""

    def __init__(self, output: _Output, columns: Sequence[str], key: str) -> None:
        self._output = output
        self._columns = list(columns)
        self._key = key

    @abstractmethod
    def write(self, rows: Rows) -> None:
        """Append a chunk; it has the columns that the table was created with."""

    @abstractmethod
    def finish(self) -> None:
        """Write what has to stand at the end of the file."""


class _CsvWriter(TableWriter):
    """Quotes only what needs it. The standard library's writer takes seven times as long."""

    def __init__(self, output: _Output, columns: Sequence[str], key: str) -> None:
        super().__init__(output, columns, key)
        self._write_lines([[name] for name in self._columns])

    def write(self, rows: Rows) -> None:
        self._write_lines([as_list(rows[name]) for name in self._columns])

    def finish(self) -> None:
        """Nothing: the last line is the end."""

    def _write_lines(self, columns: list[list[Any]]) -> None:
        fields = [_csv_fields(column) for column in columns]
        if len(fields) == 1:  # an empty line would be no row
            fields = [[field or '""' for field in fields[0]]]
        lines = map(",".join, zip(*fields, strict=True))
        while block := list(islice(lines, _LINES_AT_A_TIME)):
            self._output.write("\n".join([*block, ""]).encode())


def _csv_fields(values: list[Any]) -> list[str]:
    kinds = set(map(type, values))
    if kinds == {float}:
        return list(map(repr, values))
    texts = values if kinds == {str} else map(_plain, values)
    find = _QUOTE_FOR.search
    return ['"' + t.replace('"', '""') + '"' if find(t) else t for t in texts]


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


class _JsonWriter(TableWriter):
    def write(self, rows: Rows) -> None:
        columns = [as_list(rows[name]) for name in self._columns]
        encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
        lines = (
            encode(dict(zip(self._columns, values, strict=True))) + "\n"
            for values in zip(*columns, strict=True)
        )
        self._output.write("".join(lines).encode())

    def finish(self) -> None:
        """Nothing: the last line is the end."""


class _ParquetWriter(TableWriter):
    """Types are those of the first chunk; a column that holds nothing there counts as text."""

    def __init__(self, output: _Output, columns: Sequence[str], key: str) -> None:
        super().__init__(output, columns, key)
        self._file: Any = None
        self._schema: Any = None

    def write(self, rows: Rows) -> None:
        import pyarrow
        from pyarrow import parquet

        try:
            arrays = [self._array(name, rows[name]) for name in self._columns]
        except (pyarrow.ArrowException, TypeError, OverflowError) as error:
            raise InputError(
                f"{self._key}: a parquet column holds one type of value, and this does not fit "
                f"({first_line(error)}); a .jsonl file takes anything"
            ) from None
        if self._file is None:
            fields = zip(self._columns, (array.type for array in arrays), strict=True)
            self._schema = pyarrow.schema(list(fields))
            self._file = parquet.ParquetWriter(self._output, self._schema)
        self._file.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))

    def finish(self) -> None:
        if self._file is None:
            self.write({name: [] for name in self._columns})
        self._file.close()

    def _array(self, name: str, values: Any) -> Any:
        import pyarrow

        if self._schema is not None:
            kind = self._schema.field(name).type
            is_arrow = isinstance(values, pyarrow.Array)
            return values.cast(kind) if is_arrow else pyarrow.array(values, kind)
        array = values if isinstance(values, pyarrow.Array) else pyarrow.array(values)
        return array.cast(pyarrow.string()) if pyarrow.types.is_null(array.type) else array


_WRITERS: dict[Format, type[TableWriter]] = {
    "csv": _CsvWriter,
    "jsonl": _JsonWriter,
    "parquet": _ParquetWriter,
}


@contextmanager
def create_table(
    path: str | Path,
    columns: Sequence[str],
    key: str,
    format: Format | None = None,  # noqa: A002
) -> Iterator[TableWriter]:
    """Open a table to write it.

    A file takes its place when the block ends well; when it raises, what was there before is still
    there and nothing is left beside it. A pipe or a device is written to directly.

    Args:
        path: a file, or "-" for stdout.
        columns: the names of the columns, in their order.
        key: the option that errors name.
        format: of a file without a known suffix, and of stdout.

    Raises:
        InputError: the file cannot be written.
    """
    name = str(path)
    kind = format_of(name, key, format)
    with _target(name, key) as stream:
        output = _Output(stream, name, key)
        writer = _WRITERS[kind](output, columns, key)
        try:
            yield writer
            writer.finish()
            output.flush()
        except BaseException:
            output.abandoned = True
            raise


@contextmanager
def _target(name: str, key: str) -> Iterator[IO[bytes]]:
    final = Path(os.path.realpath(name))  # a link stays a link
    if name == STANDARD_STREAM:
        yield sys.stdout.buffer
    elif final.is_dir():
        raise InputError(f"{key}: {name!r} is a folder; give the file to write")
    elif final.exists() and not final.is_file():
        with _open(final, "wb", name, key) as stream:
            yield stream
    else:
        with atomic_path(final) as temporary, _open(temporary, "xb", name, key) as stream:
            yield stream


def _open(path: Path, mode: str, name: str, key: str) -> IO[bytes]:
    try:
        return path.open(mode, buffering=0)  # so that closing has nothing left to fail on
    except OSError as error:
        raise refusal(name, key, error) from None


def refusal(name: str, key: str, error: OSError) -> InputError:
    """Say in one line that a file cannot be written."""
    return InputError(f"{key}: {name!r} cannot be written: {error.strerror}")
