"""Recognises by its first rows how the fields of a text file are separated and quoted."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reviewlab.data.tables.formats import Format

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
ONE_COLUMN = "\udc00"
"""The delimiter of a table with one column: half of a surrogate pair, which is in no text."""

_CUT_SHORT = -1
_UNREADABLE = -2
_HINT = re.compile(r'"?sep=([^"\r\n])"?[\r\n]+')


class Dialect(NamedTuple):
    """The conventions by which the rows of a text file are written.

    delimiter: between fields; `ONE_COLUMN` for none.
    escape: what stands before a quote inside of quotes; None where it is another quote.
    quoted: whether a quote at the start of a field means anything.
    hint: the delimiter is named by a line before the header, `sep=;`, as Excel reads it.
    """

    delimiter: str
    escape: str | None = None
    quoted: bool = True
    hint: bool = False

    def widths(self, lines: Sequence[str], is_whole: bool) -> list[int]:
        """Count the fields of each row of a sample; negative where reading has to stop.

        Args:
            lines: the sample.
            is_whole: whether it is all of the file; else its last row may be cut off.
        """
        counts: list[int] = []
        try:
            counts.extend(len(row) for row in self.reader(lines) if row)
        except csv.Error as error:
            is_end = str(error) == "unexpected end of data"
            counts.append(_CUT_SHORT if is_end and not is_whole else _UNREADABLE)
        else:
            return counts if is_whole else counts[:-1] or counts
        return [count for count in counts if count != _CUT_SHORT]

    def reader(self, lines: Iterable[str]) -> "Reader":
        """Return the standard library's reader."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            strict=True,
        )


def recognise(lines: Sequence[str], is_whole: bool, kind: Format) -> Dialect:
    """Recognise how a table is written.

    A delimiter has to be in the header. Of several, the one that most rows agree with is right,
    then the one that the file's suffix names, then the one that makes more columns. A header
    without any is that of a table with one column, whose texts may hold all of them.

    Args:
        lines: the first lines of the file.
        is_whole: whether they are all of it.
        kind: the format that the file's suffix names.
    """
    hint = _HINT.fullmatch(lines[0]) if lines else None
    if hint:
        return Dialect(hint[1], hint=True)
    usual = "\t" if kind == "tsv" else ","
    best, best_rank = Dialect(ONE_COLUMN), (-1.0, False, 0)
    for delimiter in DELIMITERS:
        dialect = Dialect(delimiter)
        widths = dialect.widths(lines, is_whole)
        rank = (_agreement(widths), delimiter == usual and kind == "tsv", _columns(widths))
        if _columns(widths) > 1 and rank > best_rank:
            best, best_rank = dialect, rank
    return _mended(best, lines, is_whole, kind)


def _mended(dialect: Dialect, lines: Sequence[str], is_whole: bool, kind: Format) -> Dialect:
    """Read quotes another way where the usual one fails and that one does not."""
    ways = [dialect]
    if any("\\" in line for line in lines):
        ways.append(dialect._replace(escape="\\"))
    if dialect.delimiter == ONE_COLUMN and kind == "txt":
        ways.append(dialect._replace(quoted=False))
    for way in ways:
        if _agreement(way.widths(lines, is_whole)) == 1:
            return way
    return dialect


def _columns(widths: Sequence[int]) -> int:
    return widths[0] if widths else 0


def _agreement(widths: Sequence[int]) -> float:
    """Return the share of the rows that have as many fields as the header."""
    rows = widths[1:]
    if _columns(widths) < 1:
        return 0.0
    return rows.count(widths[0]) / len(rows) if rows else 1.0
