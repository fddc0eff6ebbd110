"""Detect compressed files by their first bytes, and decompress them while they are read."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Any

from reviewlab.data.tables.formats import Packing
from reviewlab.data.tables.source import Source
from reviewlab.exceptions import first_line

BLOCK_BYTES = 2**16


def _open_zstd(stream: IO[bytes]) -> Any:
    import pyarrow

    return pyarrow.CompressedInputStream(pyarrow.PythonFile(stream, "r"), "zstd")


_MAGIC: dict[bytes, tuple[Packing, Callable[[IO[bytes]], Any]]] = {
    b"\x1f\x8b\x08": ("gzip", lambda stream: gzip.GzipFile(fileobj=stream)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\0": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("zstd", _open_zstd),
}
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")  # since a csv file may begin with the letters BZh


def unpack(file: IO[bytes], source: Source) -> tuple[IO[bytes], Packing | None]:
    """Return a stream of a file's decompressed bytes, and the compression (None if uncompressed).

    Args:
        file: the file, at its first byte; closing the returned stream leaves it open.
        source: the file, for messages.
    """
    head = file.read(16)
    stream = replay(head, file)
    for magic, (packing, unpacker) in _MAGIC.items():
        if head.startswith(magic) and (packing != "bzip2" or head[4:10] in _BZIP2_BLOCKS):
            unpacked = _Unpacked(unpacker(stream), packing, source)
            return io.BufferedReader(unpacked, BLOCK_BYTES), packing
    return stream, None


def replay(head: bytes, rest: IO[bytes]) -> io.BufferedReader:
    """Return a stream that repeats `head`, already read from `rest`, and continues with `rest`.

    Closing the stream leaves `rest` open.
    """
    return io.BufferedReader(_Replayed(head, rest), BLOCK_BYTES)


class _Replayed(io.RawIOBase):
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


class _Unpacked(io.RawIOBase):
    """The decompressed bytes of a stream.

    Reading raises an InputError if the compressed data are damaged.

    Args:
        stream: the stream that decompresses.
        packing: the compression, for messages.
        source: the file, for messages.
    """

    def __init__(self, stream: Any, packing: Packing, source: Source) -> None:
        self._stream = stream
        self._packing = packing
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
            self._source.refuse(
                f"is damaged or incomplete ({self._packing}: {first_line(error)});"
                " copy or compress the file again"
            )
        buffer[: len(data)] = data
        return len(data)
