"""Detect how the fields of a text file are separated and quoted, from its first rows."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reviewlab.data.tables.formats import Format

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
ONE_COLUMN = "\udc00"
"""The delimiter of a table with one column: half of a surrogate pair, which no text contains."""

_CUT_SHORT = -1
_UNREADABLE = -2
_HINT = re.compile(r'"?sep=([^"\r\n])"?[\r\n]+')


class Dialect(NamedTuple):
    """The rules by which the fields of a text file are separated and quoted.

    Attributes:
        delimiter: character between fields; `ONE_COLUMN` if the table has only one column.
        escape: character before a quote inside a quoted field; None if such quotes are doubled.
        quoted: True if fields may be in quotes; False if quotes are part of the text.
        hint: True if a line such as `sep=;`, written for Excel, precedes the header.
    """

    delimiter: str
    escape: str | None = None
    quoted: bool = True
    hint: bool = False

    def widths(self, lines: Sequence[str], is_whole: bool) -> list[int]:
        """Count the fields of each row of a sample; the count of an unreadable row is negative.

        Args:
            lines: the sample.
            is_whole: True if the sample is the whole file; if not, its last row may be cut off.
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
        """Return a `csv.reader` that splits lines according to this dialect."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            strict=True,
        )


def recognise(lines: Sequence[str], is_whole: bool, kind: Format) -> Dialect:
    """Detect the dialect of a table.

    A delimiter has to occur in the header. If several do, the best is the one that gives the most
    rows as many fields as the header. If several are equally good, the tab wins in a .tsv file, and
    otherwise the delimiter that gives more columns. If none occurs in the header, the table has one
    column, and its texts may contain delimiters.

    Args:
        lines: the first lines of the file.
        is_whole: True if `lines` is the whole file.
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
    return _choose_quoting(best, lines, is_whole, kind)


def _choose_quoting(
    dialect: Dialect, lines: Sequence[str], is_whole: bool, kind: Format
) -> Dialect:
    """Return the dialect; change its quoting if the lines cannot be read otherwise.

    Args:
        dialect: the dialect, with the usual quoting.
        lines: as for `recognise`.
        is_whole: as for `recognise`.
        kind: as for `recognise`.
    """
    candidates = [dialect]
    if any("\\" in line for line in lines):
        candidates.append(dialect._replace(escape="\\"))
    if dialect.delimiter == ONE_COLUMN and kind == "txt":
        candidates.append(dialect._replace(quoted=False))
    for candidate in candidates:
        if _agreement(candidate.widths(lines, is_whole)) == 1:
            return candidate
    return dialect


def _columns(widths: Sequence[int]) -> int:
    return widths[0] if widths else 0


def _agreement(widths: Sequence[int]) -> float:
    """Return the share of rows that have as many fields as the header."""
    rows = widths[1:]
    if _columns(widths) < 1:
        return 0.0
    return rows.count(widths[0]) / len(rows) if rows else 1.0
