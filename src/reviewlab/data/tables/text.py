"""The decoded text of a file, by lines or by blocks."""

import codecs
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import NoReturn

from reviewlab.data.tables import chunks, encodings
from reviewlab.data.tables.foreign import refuse_foreign
from reviewlab.data.tables.formats import packing_of
from reviewlab.data.tables.source import MOST_LISTED, Source
from reviewlab.data.tables.unpacking import replay, unpack

HEAD_BYTES = 2**16
BLOCK_BYTES = 2**15
LOOKED_AT_BYTES = 2**24
"""Bytes that are read for more lines with a problem behind the first."""
_QUOTED = re.compile(r'"[^"]*"?')
_LONE_RETURN = re.compile(r"\r(?!\n|\Z)")


class TextFile:
    """Decompresses and decodes a text file; each instance can read it only once.

    Args:
        source: the file or pipe.
        encoding: Python's name of the encoding; None to detect UTF-8 and UTF-16.

    Attributes:
        head: the beginning of the text.
        is_whole: True if `head` is the whole text.
        line_end: a newline, or "" if lines end in a lone carriage return, as on old Macs.
        characters: number of characters read so far.
        lone_returns: True once a carriage return that does not end a line has been read.
        notes: properties of the file that were detected and do not follow from its name.

    Raises:
        InputError: the file cannot be opened or is not text, or there is no such encoding.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        self._source = source
        self._file = source.open()
        self._size = source.size
        self._lines = 0
        self.characters = 0
        self.lone_returns = False
        self.notes: list[str] = []
        try:
            self._open(encoding)
        except BaseException:
            self.close()
            raise

    def _open(self, encoding: str | None) -> None:
        stream, packing = unpack(self._file, self._source)
        head = stream.read(HEAD_BYTES)
        if encoding is None:
            self._encoding, mark = encodings.recognise(head)
        else:
            self._encoding, mark = encodings.require(self._source, encoding, head)
        if not mark:
            refuse_foreign(self._source, head)
        head = head.removeprefix(mark)
        self._stream = replay(head, stream)
        self.head = self._decoder("replace").decode(head)
        self.is_whole = len(head) + len(mark) < HEAD_BYTES
        self.line_end = _line_end(self.head)
        if packing != packing_of(self._source.name):
            self.note(f"compressed by {packing}" if packing else "not compressed, despite its name")
        if encoding is None and self._encoding != "utf-8":
            self.note(f"encoded as {self._encoding.upper()}")
        if not self.line_end:
            self.note("lines end in a lone carriage return")

    @property
    def share_read(self) -> float | None:
        """Share of the file's bytes that have been read; None for a pipe."""
        return min(1.0, self._file.tell() / self._size) if self._size else None

    def note(self, fact: str) -> None:
        """Add a fact about the file to the notes."""
        self.notes.append(f"{self._source.key}: {fact}")

    def lines(self, lone_return: str = "\r") -> Iterator[str]:
        """Yield the lines, each with its line end.

        Args:
            lone_return: string that replaces carriage returns that do not end a line.
        """
        # chained in C, so that no generator has to resume for every line
        return chain.from_iterable(self._line_blocks(lone_return))

    def sample(self, lone_return: str) -> list[str]:
        """Return the lines of `head`, with lone carriage returns replaced as in `lines`."""
        return self._split(self.head, lone_return)

    def blocks(self) -> Iterator[str]:
        """Yield the text in large blocks, in which every line ends in a newline."""
        for block in self._blocks():
            text = block if self.line_end else block.replace("\r", "\n")
            self._lines += text.count("\n")
            yield text

    def _blocks(self) -> Iterator[str]:
        decode = self._decoder("strict").decode
        more = True
        while more:
            data = self._stream.read(BLOCK_BYTES)
            more = bool(data)
            try:
                block = decode(data, not more)
            except UnicodeDecodeError as error:
                self._refuse_bytes(error)
            self.characters += len(block)
            yield block

    def _line_blocks(self, lone_return: str) -> Iterator[list[str]]:
        unfinished: list[str] = []
        size = 0
        for block in self._blocks():
            unfinished.append(block)
            size += len(block)
            if "\n" in block or (not self.line_end and "\r" in block):
                lines = self._split("".join(unfinished), lone_return)
                last = lines.pop()
                if last.endswith("\n"):
                    lines.append(last)
                    last = ""
                unfinished, size = [last], len(last)
                self._lines += len(lines)
                yield lines
            elif size > chunks.LONGEST_LINE:
                self._source.refuse("is too long for a row", self._lines + 1)
        if size:
            yield self._split("".join(unfinished), lone_return)

    def _split(self, text: str, lone_return: str) -> list[str]:
        if self.line_end and text.count("\r") != text.count("\r\n"):
            text, replaced = _LONE_RETURN.subn(lone_return, text)
            self.lone_returns |= bool(replaced)
        return list(io.StringIO(text, newline=self.line_end))

    def close(self) -> None:
        """Close the file."""
        self._source.close(self._file)

    def _decoder(self, errors: str) -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder(self._encoding)(errors)

    def _refuse_bytes(self, error: UnicodeDecodeError) -> NoReturn:
        before = error.object[: error.start].decode(self._encoding, errors="replace")
        line = self._lines + 1 + before.count(self.line_end or "\r")
        name = self._encoding.upper()
        if name.startswith(encodings.WIDE):
            self._source.refuse(f"is damaged: not {name} from here on; save it as UTF-8", line)
        bad = error.object[error.object.rfind(b"\n", 0, error.start) + 1 :].partition(b"\n")[0]
        self._source.refuse(
            f"byte 0x{error.object[error.start]:02x} is not {name}; set the encoding, as in"
            f" {self._source.option('encoding')}={encodings.guess(bad)}, or save it as UTF-8",
            line,
            self._look_ahead(error.object[error.start :], line),
        )

    def _look_ahead(self, rest: bytes, number: int) -> list[int]:
        """Return the numbers of later lines that cannot be decoded, so that all can be fixed.

        Args:
            rest: the bytes that follow, beginning with the first that cannot be decoded.
            number: number of the line that contains this byte.
        """
        bad: list[int] = []
        if self._source.is_stream:  # which may have nothing more to give for now
            return bad
        _, _, tail = (rest + self._stream.read(LOOKED_AT_BYTES)).partition(b"\n")
        for line in tail.split(b"\n"):
            number += 1
            try:
                line.decode(self._encoding)
            except UnicodeDecodeError:
                bad.append(number)
        return bad[: MOST_LISTED - 1]


def _line_end(head: str) -> str:
    """Return the line end: a newline, or "" for a lone carriage return; ignore quoted text."""
    bare = _QUOTED.sub("", head)
    return "" if "\n" not in bare and _LONE_RETURN.search(bare) else "\n"
