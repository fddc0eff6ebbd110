"""Writers of tables, one per format."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import islice
from typing import IO, Any

from reviewlab.data.tables.nested import Rows
from reviewlab.data.tables.opening import as_list
from reviewlab.data.tables.output_stream import Output
from reviewlab.exceptions import InputError, first_line

_LINES_AT_A_TIME = 256  # so that the lines stay in the CPU cache while they are encoded


class TableWriter(ABC):
    """Writes rows in order.

    Args:
        output: the stream to write to.
        columns: names of the columns, in order.
        key: the option that names the file, for messages.
    """

    def __init__(self, output: IO[bytes] | Output, columns: Sequence[str], key: str) -> None:
        self._output = output
        self._columns = list(columns)
        self._key = key

    @abstractmethod
    def write(self, rows: Rows) -> None:
        """Append a chunk of rows that has the table's columns."""

    @abstractmethod
    def finish(self) -> None:
        """Write the end of the file."""


class CsvWriter(TableWriter):
    """Writes commas between the fields, and quotes only where necessary.

    The standard library's writer takes seven times as long.

    Args:
        output: the stream to write to.
        columns: names of the columns, in order.
        key: the option that names the file, for messages.
    """

    _delimiter = ","

    def __init__(self, output: IO[bytes] | Output, columns: Sequence[str], key: str) -> None:
        super().__init__(output, columns, key)
        self._find_special = re.compile(f'["{self._delimiter}\r\n]').search
        self._write_lines([[name] for name in self._columns])

    def write(self, rows: Rows) -> None:
        """Append a chunk."""
        self._write_lines([as_list(rows[name]) for name in self._columns])

    def finish(self) -> None:
        """Write nothing: the file ends with the last line."""

    def _write_lines(self, columns: list[list[Any]]) -> None:
        fields = [self._fields(column) for column in columns]
        if len(fields) == 1:  # an empty line would not be a row
            fields = [[field or '""' for field in fields[0]]]
        lines = map(self._delimiter.join, zip(*fields, strict=True))
        while block := list(islice(lines, _LINES_AT_A_TIME)):
            self._output.write("\n".join([*block, ""]).encode())

    def _fields(self, values: list[Any]) -> list[str]:
        kinds = set(map(type, values))
        if kinds == {float}:
            return list(map(repr, values))
        texts = values if kinds == {str} else map(_plain, values)
        find = self._find_special
        return ['"' + t.replace('"', '""') + '"' if find(t) else t for t in texts]


class TsvWriter(CsvWriter):
    """Writes tabs between the fields."""

    _delimiter = "\t"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


class JsonWriter(TableWriter):
    """Writes one object per line."""

    def write(self, rows: Rows) -> None:
        """Append a chunk."""
        columns = [as_list(rows[name]) for name in self._columns]
        encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
        lines = (
            encode(dict(zip(self._columns, values, strict=True))) + "\n"
            for values in zip(*columns, strict=True)
        )
        self._output.write("".join(lines).encode())

    def finish(self) -> None:
        """Write nothing: the file ends with the last line."""


class ParquetWriter(TableWriter):
    """Writes parquet. The first chunk sets each column's type; a column of nulls becomes text.

    Args:
        output: the stream to write to.
        columns: names of the columns, in order.
        key: the option that names the file, for messages.
    """

    def __init__(self, output: IO[bytes] | Output, columns: Sequence[str], key: str) -> None:
        super().__init__(output, columns, key)
        self._file: Any = None
        self._schema: Any = None

    def write(self, rows: Rows) -> None:
        """Append a chunk."""
        import pyarrow
        from pyarrow import parquet

        try:
            arrays = [self._array(name, rows[name]) for name in self._columns]
        except (pyarrow.ArrowException, TypeError, OverflowError) as error:
            raise InputError(
                f"{self._key}: all values in a parquet column must have one type, but these do not"
                f" ({first_line(error)}); write a .jsonl file, which allows any values"
            ) from None
        if self._file is None:
            fields = zip(self._columns, (array.type for array in arrays), strict=True)
            self._schema = pyarrow.schema(list(fields))
            self._file = parquet.ParquetWriter(self._output, self._schema)
        self._file.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))

    def finish(self) -> None:
        """Write the footer; a file without rows still gets its columns."""
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
