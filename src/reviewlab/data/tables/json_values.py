"""The objects in JSON text, in order, each with the line it begins on."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from reviewlab.data.tables.chunks import LONGEST_FIELD
from reviewlab.data.tables.source import LOOKED_AT, MOST_LISTED, Source
from reviewlab.data.tables.text import TextFile

Record = dict[str, Any]
"""The JSON object of a row; each key is a column."""

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")


def read_lines(text: TextFile, source: Source) -> Iterator[tuple[int, Record]]:
    """Yield the number and the object of each line, skipping empty lines.

    Raises:
        InputError: some lines are not objects; the message names up to ten.
    """
    lines = ((number, line.strip(" \t\r\n")) for number, line in enumerate(text.lines(), 1))
    for number, line in lines:
        if line:
            try:
                record = _record_in(line)
            except (ValueError, RecursionError) as error:
                source.refuse(_explain(error), number, _look_ahead(lines, source))
            yield number, record


def _record_in(line: str) -> Record:
    """Return the object that a line consists of; raise ValueError if it is something else."""
    return _require_object(json.loads(line), line)


def _explain(error: ValueError | RecursionError) -> str:
    if isinstance(error, _NotARowError):
        return str(error)
    return (
        f"is not JSON ({_problem(error)}); if the file has another format, give it the matching"
        " suffix"
    )


def _look_ahead(lines: Iterator[tuple[int, str]], source: Source) -> list[int]:
    """Find further lines that are not objects, to report all at once."""
    bad: list[int] = []
    if source.is_stream:  # reading might block
        return bad
    for number, line in islice(lines, LOOKED_AT):
        if len(bad) == MOST_LISTED - 1:
            break
        try:
            _record_in(line or "{}")
        except (ValueError, RecursionError):
            bad.append(number)
    return bad


def read_values(text: TextFile, source: Source) -> Iterator[tuple[int, Record]]:
    """Yield the objects of an array or a sequence, each with the number of its first line.

    Line breaks may be anywhere between the parts of an object.

    Raises:
        InputError: the text contains something other than objects.
    """
    scanner = _Scanner(text, source)
    is_array = scanner.takes("[")
    is_closed = is_array and scanner.takes("]")
    while not is_closed and not scanner.at_end():
        yield scanner.value()
        if is_array and not scanner.takes(","):
            is_closed = scanner.takes("]")
            if not is_closed:
                break
    if is_array and not is_closed:
        scanner.refuse("the array is not closed here; is the file complete?")
    if not scanner.at_end():
        scanner.refuse("there is more text after the array")


class _Scanner:
    """Finds JSON values in a window that moves over the text."""

    def __init__(self, text: TextFile, source: Source) -> None:
        self._blocks = text.blocks()
        self._source = source
        self._window = ""
        self._at = 0
        self._line = 1
        self._decoder = json.JSONDecoder()

    def at_end(self) -> bool:
        """Skip white space, and test if nothing follows."""
        while True:
            self._move(_SPACE.match(self._window, self._at).end())  # type: ignore[union-attr]
            if self._at < len(self._window):
                return False
            if not self._extend():
                return True

    def takes(self, sign: str) -> bool:
        """Skip white space; if `sign` comes next, skip it too and return True."""
        is_next = not self.at_end() and self._window[self._at] == sign
        self._at += is_next
        return is_next

    def value(self) -> tuple[int, Record]:
        """Return the line number where the next object begins, and the object."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._window, self._at)
                break
            except (ValueError, RecursionError) as error:
                if len(self._window) - self._at > LONGEST_FIELD or not self._extend():
                    self._move(getattr(error, "pos", self._at))
                    self.refuse(getattr(error, "msg", str(error)))
        line = self._line
        try:
            record = _require_object(value, self._window[self._at : end])
        except _NotARowError as error:
            self._source.refuse(str(error), line)
        self._move(end)
        return line, record

    def refuse(self, problem: str) -> NoReturn:
        """Raise InputError for the text at the current position."""
        self._source.refuse(f"is not JSON ({problem})", self._line)

    def _extend(self) -> bool:
        """Drop the text before the current position, and read more; return False at the end.

        Every call at least doubles the remaining text, so a long value is parsed only a few times.
        """
        rest = self._window[self._at :]
        pieces = [rest]
        size = 0
        for block in self._blocks:
            pieces.append(block)
            size += len(block)
            if size >= len(rest) and size:
                break
        self._window, self._at = "".join(pieces), 0
        return size > 0

    def _move(self, position: int) -> None:
        self._line += self._window.count("\n", self._at, position)
        self._at = position


class _NotARowError(ValueError):
    """A value in valid JSON that is not a row."""


def _require_object(value: Any, content: str) -> Record:
    """Return the value if it is a row; raise _NotARowError if it is not."""
    if not isinstance(value, dict):
        raise _NotARowError(
            f"is not a JSON object but {type(value).__name__}; give one object per row, or name the"
            " file .json if it contains one array of objects"
        )
    if _HALF_PAIR.search(content) and _is_broken(value):
        raise _NotARowError("contains half of a surrogate pair, which is not text")
    return value


def _problem(error: ValueError | RecursionError) -> str:
    """Describe an error in one line, without the line number, since each value is on one line."""
    if isinstance(error, json.JSONDecodeError):
        return f"column {error.colno}: {error.msg}"
    return str(error)


def _is_broken(row: Record) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
