"""Rows of the binary formats that pyarrow reads: parquet, arrow files and arrow streams."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from reviewlab.data.tables import chunks
from reviewlab.data.tables.nested import Rows
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Table
from reviewlab.exceptions import first_line

_FILE_MAGIC = b"ARROW1"


class _BinaryTable(Table):
    """A table whose values stay arrow arrays, so that writing them to parquet keeps all types.

    Args:
        source: a file.
        encoding: None, the only value that a binary file allows.

    Raises:
        InputError: the file does not have this format.
    """

    kind: str

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        import pyarrow

        super().__init__(source)
        if encoding is not None:
            source.refuse(f"is not a text file; leave out {source.option('encoding')}={encoding}")
        self._stream = source.open()
        try:
            if not source.size:
                source.refuse("is empty")
            schema = self._open()
            self._set_columns(list(schema.names), list(_nested(schema)))
        except BaseException as error:
            self.close()
            if isinstance(error, pyarrow.ArrowException | OSError):
                source.refuse(
                    f"is not a readable {self.kind} file ({first_line(error)}); copy it again, or"
                    " give it the suffix that matches its format"
                )
            raise
        self._rows = 0

    @abstractmethod
    def _open(self) -> Any:
        """Open the file and return its schema."""

    @abstractmethod
    def _batches(self) -> Iterator[Any]:
        """Yield the file's record batches, none longer than a chunk."""

    def __iter__(self) -> Iterator[Rows]:
        import pyarrow

        try:
            for batch in self._batches():
                self.lines = list(range(self._rows + 1, self._rows + batch.num_rows + 1))
                self._rows += batch.num_rows
                yield dict(zip(batch.schema.names, batch.columns, strict=True))
        except (pyarrow.ArrowException, OSError) as error:
            self._source.refuse(f"is damaged ({first_line(error)}); copy it again")

    def close(self) -> None:
        """Close the file."""
        self._source.close(self._stream)


class ParquetTable(_BinaryTable):
    """Rows of a parquet file."""

    kind = "parquet"

    @property
    def share_read(self) -> float | None:
        """Share of the rows that have been read."""
        return self._rows / max(1, int(self._file.metadata.num_rows))

    def _open(self) -> Any:
        from pyarrow import parquet

        self._file = parquet.ParquetFile(self._stream)
        return self._file.schema_arrow

    def _batches(self) -> Iterator[Any]:
        return self._file.iter_batches(batch_size=chunks.CHUNK_ROWS)  # type: ignore[no-any-return]


class ArrowTable(_BinaryTable):
    """Rows of an arrow file (feather), or of an arrow stream, which `datasets` saves."""

    kind = "arrow"

    @property
    def share_read(self) -> float | None:
        """Share of the file's bytes that have been read."""
        return min(1.0, int(self._mapped.tell()) / self._source.size)

    def _open(self) -> Any:
        import pyarrow
        from pyarrow import ipc

        self._mapped = pyarrow.memory_map(self._source.name)
        if self._stream.read(len(_FILE_MAGIC)) == _FILE_MAGIC:
            file = ipc.open_file(self._mapped)
            self._record_batches = map(file.get_batch, range(file.num_record_batches))
            return file.schema
        stream = ipc.open_stream(self._mapped)
        self._record_batches = iter(stream)
        return stream.schema

    def _batches(self) -> Iterator[Any]:
        for batch in self._record_batches:
            for first in range(0, batch.num_rows, chunks.CHUNK_ROWS):
                yield batch.slice(first, chunks.CHUNK_ROWS)


def _nested(fields: Any, prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every field inside a struct column."""
    from pyarrow import types

    for field in fields:
        if prefix:
            yield f"{prefix}{field.name}"
        if types.is_struct(field.type):
            yield from _nested(field.type, f"{prefix}{field.name}.")
