"""Rows of delimited text: csv."""

import csv
from collections.abc import Iterator

from reviewlab.data.tables import chunks
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Rows, Table
from reviewlab.data.tables.text import TextLines


class DelimitedTable(Table):
    """Rows of a file with commas and double quotes; every value is the text in the file.

    Args:
        source: the file or pipe.
        encoding: its name for Python; None to recognise it.

    Raises:
        InputError: the file is empty, or a column is there twice.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        super().__init__(source)
        csv.field_size_limit(chunks.LONGEST_FIELD)  # of the whole process; the default is 128 KB
        self._text = TextLines(source, encoding)
        try:
            self._reader = csv.reader(self._text, strict=True)
            self.columns = self._header()
        except BaseException:
            self.close()
            raise

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes."""
        return self._text.share_read

    def __iter__(self) -> Iterator[Rows]:
        while rows := self._chunk():
            columns = map(list, zip(*rows, strict=True))
            yield dict(zip(self.columns, columns, strict=True))

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _header(self) -> list[str]:
        begin = 1
        try:
            columns = next(filter(None, self._reader), [])
        except csv.Error as error:
            self._refuse_quoting(error, begin)
        if not columns:
            self._source.refuse("is empty; the first line of a csv file names its columns")
        for column in columns:
            if columns.count(column) > 1:
                self._source.refuse(f"column {column!r} is there twice", self._reader.line_num)
        return columns

    def _chunk(self) -> list[list[str]]:
        """Read the rows of a chunk; none at the end of the file."""
        rows: list[list[str]] = []
        self.lines = []
        reader, width = self._reader, len(self.columns)
        first = self._text.characters
        begin = reader.line_num + 1
        try:
            for row in reader:
                if len(row) == width:
                    rows.append(row)
                    self.lines.append(begin)
                    if chunks.is_full(len(rows), self._text.characters - first):
                        break
                elif row:  # an empty line is no row
                    self._refuse_width(len(row), begin)
                begin = reader.line_num + 1
        except csv.Error as error:
            self._refuse_quoting(error, begin)
        return rows

    def _refuse_width(self, count: int, line: int) -> None:
        fields = "1 field" if count == 1 else f"{count} fields"
        self._source.refuse(f"has {fields}, its header has {len(self.columns)}", line)

    def _refuse_quoting(self, error: csv.Error, line: int) -> None:
        self._source.refuse(f"bad quoting in the row that begins here ({error})", line)
