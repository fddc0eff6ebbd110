"""Rows of text delimited by commas, semicolons, tabs or pipes, with or without quotes."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, islice

from reviewlab.data.tables import chunks
from reviewlab.data.tables.dialect import DELIMITERS, ONE_COLUMN, Dialect, recognise
from reviewlab.data.tables.foreign import refuse_json
from reviewlab.data.tables.formats import Format
from reviewlab.data.tables.nested import Rows
from reviewlab.data.tables.source import LOOKED_AT, MOST_LISTED, Source
from reviewlab.data.tables.table import Table
from reviewlab.data.tables.text import TextFile

_LINE_END = re.compile(r"\r\n|\r|\n")
_RETURN = "\udc0d"
"""Replaces a carriage return inside a line, which the csv module would mistake for a line end."""


class DelimitedTable(Table):
    """Rows of delimited text; every value is a string, exactly as written in the file.

    Args:
        source: the file or pipe.
        kind: the format that the file's suffix names.
        encoding: Python's name of the encoding; None to detect it.

    Raises:
        InputError: the file is empty, or two columns have the same name.
    """

    def __init__(self, source: Source, kind: Format = "csv", encoding: str | None = None) -> None:
        super().__init__(source)
        csv.field_size_limit(chunks.LONGEST_FIELD)  # for the whole process; the default is 128 KB
        self._text = TextFile(source, encoding)
        try:
            self._begin(kind)
        except BaseException:
            self.close()
            raise

    def _begin(self, kind: Format) -> None:
        text = self._text
        sample = text.sample(_RETURN)
        refuse_json(self._source, sample[0] if sample else "")
        self._dialect = recognise(sample, text.is_whole, kind)
        lines = text.lines(_RETURN)
        self._lines_above = len(list(islice(lines, self._dialect.hint)))
        self._reader = self._dialect.reader(lines)
        self._note_dialect(sample, "\t" if kind == "tsv" else ",")
        self._set_columns(self._header())
        self.notes = text.notes

    @property
    def share_read(self) -> float | None:
        """Share of the file's bytes that have been read; None for a pipe."""
        return self._text.share_read

    def __iter__(self) -> Iterator[Rows]:
        while (rows := self._chunk()) and self.lines:
            yield rows

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _note_dialect(self, sample: list[str], usual: str) -> None:
        delimiter, escape, quoted, _ = self._dialect
        if delimiter != ONE_COLUMN and delimiter != usual:
            self._text.note(f"separated by {DELIMITERS.get(delimiter, repr(delimiter))}")
        if delimiter == ONE_COLUMN and _is_cut_by(Dialect(usual), sample):
            self._text.note(
                f"one column; the {DELIMITERS[usual]} in its rows are part of the texts"
            )
        if escape:
            self._text.note("quotes that are part of a text are escaped by a backslash")
        if not quoted:
            self._text.note("quotes are part of the texts")

    def _header(self) -> list[str]:
        try:
            columns: list[str] = next(filter(None, self._reader), [])
        except csv.Error as error:
            self._refuse_quoting(error, 1)
        if not columns:
            self._source.refuse("is empty; its first line has to name the columns")
        return self._drop_empty([columns])[0]

    def _chunk(self) -> Rows:
        """Read a chunk as columns; at the end of the file, the columns are empty."""
        columns: dict[str, list[str]] = {name: [] for name in self.columns}
        extends = [values.extend for values in columns.values()]
        self.lines = []
        most, at_once = chunks.CHUNK_ROWS, max(1, chunks.CHUNK_CHARACTERS // 2**18)
        last = self._text.characters + chunks.CHUNK_CHARACTERS
        while len(self.lines) < most and self._text.characters < last:
            batch = self._batch(min(at_once, most - len(self.lines)))
            if batch is None:
                break
            for extend, values in zip(extends, zip(*batch, strict=True), strict=False):
                extend(values)
        return {**columns}

    @property
    def _line(self) -> int:
        """Number of the next line to read."""
        return self._lines_above + self._reader.line_num + 1

    def _batch(self, most: int) -> list[list[str]] | None:
        """Read up to `most` rows and record their line numbers; return None if none are left."""
        batch: list[list[str]] = []
        begin, problem = self._line, None
        try:
            batch.extend(islice(self._reader, most))
        except csv.Error as error:
            problem = error
        if problem is None and self._line - begin == len(batch):
            lines: Sequence[int] = range(begin, self._line + 1)
        else:
            lines = list(accumulate(map(_height, batch), initial=begin))
        if set(map(len, batch)) - {len(self.columns)}:
            self._refuse_other_widths(batch, lines)
        if problem is not None:
            self._refuse_quoting(problem, lines[-1])
        self.lines += [line for line, row in zip(lines, batch, strict=False) if row]
        return self._drop_empty(batch) if batch else None

    def _refuse_other_widths(self, batch: list[list[str]], lines: Sequence[int]) -> None:
        width = len(self.columns)
        numbered = zip(lines, batch, strict=False)
        bad = [(line, row) for line, row in numbered if row and len(row) != width]
        if bad:
            (line, row), *more = bad[:MOST_LISTED]
            others = [number for number, _ in more]
            self._refuse_width(row, line, others + self._look_ahead(MOST_LISTED - 1 - len(others)))

    def _look_ahead(self, most: int) -> list[int]:
        """Find up to `most` more lines with a wrong number of fields, to report all at once."""
        lines: list[int] = []
        if self._source.is_stream:  # reading might block
            return lines
        with suppress(csv.Error):
            for _ in range(LOOKED_AT):
                line = self._line
                row = next(self._reader, None)
                if row is None or len(lines) == most:
                    break
                if row and len(row) != len(self.columns):
                    lines.append(line)
        return lines

    def _drop_empty(self, rows: list[list[str]]) -> list[list[str]]:
        """Drop empty rows, which come from empty lines, and restore carriage returns in fields."""
        if self._text.lone_returns:
            return [[field.replace(_RETURN, "\r") for field in row] for row in rows if row]
        return list(filter(None, rows))

    def _refuse_width(self, row: list[str], line: int, others: list[int]) -> None:
        fields = "1 field" if len(row) == 1 else f"{len(row)} fields"
        width = len(self.columns)
        delimiter = DELIMITERS.get(self._dialect.delimiter, repr(self._dialect.delimiter))
        remedy = (
            f"put texts that contain {delimiter} in double quotes, or name all columns in line 1"
            if len(row) > width
            else "give each row a field for every column, even if it is empty"
        )
        self._source.refuse(f"has {fields}, but the header has {width}; {remedy}", line, others)

    def _refuse_quoting(self, error: csv.Error, line: int) -> None:
        self._source.refuse(
            f"bad quoting in the row that begins here ({error}); close every quote, and write"
            ' quotes inside quoted text as ""',
            line,
        )


def _height(row: list[str]) -> int:
    """Count the lines that a row spans."""
    return 1 + sum(len(_LINE_END.findall(field)) for field in row)


def _is_cut_by(dialect: Dialect, sample: list[str]) -> bool:
    return any(width != 1 for width in dialect.widths(sample, is_whole=False))
