"""The decoded lines of a text file."""

import io
from collections.abc import Iterator
from typing import IO, NoReturn

from reviewlab.data.tables.source import Source

_BYTE_ORDER_MARK = "\ufeff"
_HEAD_BYTES = 2**16


class TextLines:
    """Iterate over the lines of a text file, each with its line end.

    count: lines read so far.
    characters: of these lines.

    Args:
        source: the file or pipe.
        encoding: its name for Python; None for UTF-8.

    Raises:
        InputError: the file cannot be opened, or there is no such encoding.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        self._source = source
        self._file = source.open()
        self._size = source.size
        self._encoding = encoding or "utf-8"
        self.count = 0
        self.characters = 0
        try:
            head = self._file.read(_HEAD_BYTES)
            stream = io.BufferedReader(_Replayed(head, self._file), _HEAD_BYTES)
            self._text = io.TextIOWrapper(stream, self._encoding, newline="\n")
        except LookupError:
            self.close()
            raise_unknown(source, self._encoding)

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes that has been read; None for a pipe."""
        return min(1.0, self._file.tell() / self._size) if self._size else None

    def __iter__(self) -> Iterator[str]:
        try:
            for line in self._text:
                self.count += 1
                self.characters += len(line)
                yield line.removeprefix(_BYTE_ORDER_MARK) if self.count == 1 else line
        except UnicodeDecodeError as error:
            self._refuse_bytes(error)

    def close(self) -> None:
        """Close the file."""
        self._source.close(self._file)

    def _refuse_bytes(self, error: UnicodeDecodeError) -> NoReturn:
        before = error.object[: error.start].decode(self._encoding, errors="replace")
        byte = error.object[error.start]
        self._source.refuse(
            f"byte 0x{byte:02x} is not {self._encoding.upper()}; save the file as UTF-8,"
            f" or name its encoding: {self._source.encoding_key}=cp1252",
            self.count + 1 + before.count("\n"),
        )


def raise_unknown(source: Source, encoding: str) -> NoReturn:
    """Refuse the name of an encoding that Python does not know."""
    source.refuse(
        f"cannot be read: {source.encoding_key}={encoding} is no encoding that is known;"
        " utf-8, utf-16, cp1252 and cp949 are"
    )


class _Replayed(io.RawIOBase):
    """A stream whose first bytes were read already. Closing it leaves the stream open."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)
