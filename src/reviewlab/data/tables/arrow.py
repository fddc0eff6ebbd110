"""Rows of the binary formats that pyarrow reads."""

from collections.abc import Iterator

from reviewlab.data.tables import chunks
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Rows, Table
from reviewlab.exceptions import first_line


class ParquetTable(Table):
    """Values stay arrow arrays, so that a parquet file written from them keeps every type.

    Args:
        source: a file.
        encoding: none; the text of such a file is UTF-8.

    Raises:
        InputError: this is no parquet file.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        import pyarrow
        from pyarrow import parquet

        super().__init__(source)
        if encoding is not None:
            source.refuse(f"is UTF-8 as every parquet file; leave out {source.encoding_key}=")
        self._arrow_error = pyarrow.ArrowException
        self._stream = source.open()
        try:
            if not source.size:
                source.refuse("is empty")
            self._file = parquet.ParquetFile(self._stream)
        except BaseException as error:
            self.close()
            if isinstance(error, pyarrow.ArrowException | OSError):
                source.refuse(f"is not a readable parquet file ({first_line(error)})")
            raise
        self._rows = 0
        self.columns = list(self._file.schema_arrow.names)

    @property
    def share_read(self) -> float | None:
        """The share of rows."""
        return self._rows / max(1, int(self._file.metadata.num_rows))

    def __iter__(self) -> Iterator[Rows]:
        try:
            for batch in self._file.iter_batches(batch_size=chunks.CHUNK_ROWS):
                self.lines = list(range(self._rows + 1, self._rows + batch.num_rows + 1))
                self._rows += batch.num_rows
                yield dict(zip(batch.schema.names, batch.columns, strict=True))
        except (self._arrow_error, OSError) as error:
            self._source.refuse(f"is damaged ({first_line(error)})")

    def close(self) -> None:
        """Close the file."""
        self._source.close(self._stream)
