"""Rows of delimited text: commas, semicolons, tabs or pipes, quoted where need be."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from reviewlab.data.tables import chunks
from reviewlab.data.tables.dialect import DELIMITERS, ONE_COLUMN, Dialect, recognise
from reviewlab.data.tables.formats import Format
from reviewlab.data.tables.nested import Rows
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.table import Table
from reviewlab.data.tables.text import TextFile

_LONE_RETURN = re.compile(r"\r(?!\n)")
_RETURN = "\udc0d"
"""Stands for a carriage return that ends no line, which the csv module takes for one that does."""


class DelimitedTable(Table):
    """Rows of delimited text; every value is the text in the file.

    Args:
        source: the file or pipe.
        kind: what the file's suffix says.
        encoding: its name for Python; None to recognise it.

    Raises:
        InputError: the file is empty, or a column is there twice.
    """

    def __init__(self, source: Source, kind: Format = "csv", encoding: str | None = None) -> None:
        super().__init__(source)
        csv.field_size_limit(chunks.LONGEST_FIELD)  # of the whole process; the default is 128 KB
        self._text = TextFile(source, encoding)
        self._has_returns = False
        try:
            self._begin(kind)
        except BaseException:
            self.close()
            raise

    def _begin(self, kind: Format) -> None:
        text = self._text
        sample = list(self._marked(StringIO(text.head, newline=text.line_end)))
        self._dialect = recognise(sample, text.is_whole, kind)
        lines = self._marked(text.lines())
        self._reader = self._dialect.reader(islice(lines, 1 if self._dialect.hint else 0, None))
        self._note_dialect(sample, "\t" if kind == "tsv" else ",")
        self._set_columns(self._header())
        self.notes = text.notes

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

    def _marked(self, lines: Iterator[str]) -> Iterator[str]:
        """Replace carriage returns within lines."""
        if not self._text.line_end:
            yield from lines
            return
        for line in lines:
            if "\r" in line and _LONE_RETURN.search(line):
                self._has_returns = True
                yield _LONE_RETURN.sub(_RETURN, line)
            else:
                yield line

    def _note_dialect(self, sample: list[str], usual: str) -> None:
        delimiter, escape, quoted, _ = self._dialect
        if delimiter != ONE_COLUMN and delimiter != usual:
            self._text.note(f"separated by {DELIMITERS.get(delimiter, repr(delimiter))}")
        if delimiter == ONE_COLUMN and _is_cut_by(Dialect(usual), sample):
            self._text.note(
                f"one column; the {DELIMITERS[usual]} in its rows are part of the texts"
            )
        if escape:
            self._text.note("a backslash stands before a quote that is part of a text")
        if not quoted:
            self._text.note("quotes are part of the texts")

    def _header(self) -> list[str]:
        try:
            columns: list[str] = next(filter(None, self._reader), [])
        except csv.Error as error:
            self._refuse_quoting(error, 1)
        if not columns:
            self._source.refuse("is empty; the first line of such a file names its columns")
        return self._restored([columns])[0]

    def _chunk(self) -> list[list[str]]:
        """Read the rows of a chunk; none at the end of the file."""
        rows: list[list[str]] = []
        self.lines = []
        text, width = self._text, len(self.columns)
        first = text.characters
        begin = text.count + 1
        try:
            for row in self._reader:
                if len(row) == width:
                    rows.append(row)
                    self.lines.append(begin)
                    if chunks.is_full(len(rows), text.characters - first):
                        break
                elif row:  # an empty line is no row
                    self._refuse_width(row, begin)
                begin = text.count + 1
        except csv.Error as error:
            self._refuse_quoting(error, begin)
        return self._restored(rows)

    def _restored(self, rows: list[list[str]]) -> list[list[str]]:
        if self._has_returns:
            return [[field.replace(_RETURN, "\r") for field in row] for row in rows]
        return rows

    def _refuse_width(self, row: list[str], line: int) -> None:
        fields = "1 field" if len(row) == 1 else f"{len(row)} fields"
        width = len(self.columns)
        delimiter = DELIMITERS.get(self._dialect.delimiter, repr(self._dialect.delimiter))
        remedy = (
            f"put a text that holds {delimiter} in double quotes, or name all columns in line 1"
            if len(row) > width
            else "give each row a field for each column, be it empty"
        )
        self._source.refuse(f"has {fields}, its header has {width}; {remedy}", line)

    def _refuse_quoting(self, error: csv.Error, line: int) -> None:
        self._source.refuse(
            f"bad quoting in the row that begins here ({error}); close each quote, and write one"
            ' inside of quotes as ""',
            line,
        )


def _is_cut_by(dialect: Dialect, sample: list[str]) -> bool:
    return any(width != 1 for width in dialect.widths(sample, is_whole=False))
