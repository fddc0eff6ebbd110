"""The stream that a table is written to."""

import bz2
import gzip
import lzma
from typing import IO, Any

from reviewlab.data.tables.formats import Packing
from reviewlab.exceptions import InputError


class Output:
    """A binary stream whose failures are one line: disk full, no permission, file too large."""

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        self._stream = stream
        self._name = name
        self._key = key
        self.abandoned = False
        self.closed = False  # pyarrow asks

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        if self.abandoned:  # pyarrow's writer ends its file when it is collected as garbage
            return len(data)
        rest = memoryview(data)
        try:
            while rest:  # an unbuffered file may take a part
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            raise self.failure(error) from None
        return len(data)

    def flush(self) -> None:
        """Pass on what the stream holds back."""
        try:
            self._stream.flush()
        except OSError as error:
            raise self.failure(error) from None

    def close(self) -> None:
        """Leave the stream open: it is closed by whoever opened it. Pyarrow asks for this."""

    def failure(self, error: OSError) -> Exception:
        """Turn an error of the system into what is raised."""
        if isinstance(error, BrokenPipeError):  # the reader of our stdout has seen enough
            return error
        return refusal(self._name, self._key, error)


def refusal(name: str, key: str, error: OSError) -> InputError:
    """Say in one line that a file cannot be written."""
    return InputError(f"{key}: {name!r} cannot be written: {error.strerror}")


def packed(output: Output, packing: Packing) -> Any:
    """Return a stream that compresses what is written to it; closing it leaves `output` open."""
    stream: Any = output  # has all of a file that these ask for
    if packing == "gzip":
        return gzip.GzipFile(fileobj=stream, mode="wb", mtime=0)
    if packing == "bzip2":
        return bz2.BZ2File(stream, "wb")
    if packing == "xz":
        return lzma.LZMAFile(stream, "wb")
    import pyarrow

    return pyarrow.CompressedOutputStream(pyarrow.PythonFile(stream, "w"), "zstd")
