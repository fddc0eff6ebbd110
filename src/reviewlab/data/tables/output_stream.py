"""The stream that a table is written to."""

import bz2
import gzip
import lzma
from typing import IO, Any

from reviewlab.data.tables.formats import Packing
from reviewlab.exceptions import InputError


class Output:
    """A binary stream that turns failures, such as a full disk, into one-line errors.

    Args:
        stream: the file or pipe to write to.
        name: name of the file or pipe, for messages.
        key: the option that names the file, for messages.
    """

    def __init__(self, stream: IO[bytes], name: str, key: str) -> None:
        self._stream = stream
        self._name = name
        self._key = key
        self.abandoned = False
        self.closed = False  # read by pyarrow

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        if self.abandoned:  # pyarrow's writer writes its footer when it is garbage-collected
            return len(data)
        rest = memoryview(data)
        try:
            while rest:  # an unbuffered file may accept only a part
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            raise self.failure(error) from None
        return len(data)

    def flush(self) -> None:
        """Flush the stream."""
        try:
            self._stream.flush()
        except OSError as error:
            raise self.failure(error) from None

    def close(self) -> None:
        """Do nothing: the stream is closed where it was opened. Pyarrow calls this."""

    def failure(self, error: OSError) -> Exception:
        """Return the exception to raise for an operating-system error."""
        if isinstance(error, BrokenPipeError):  # the reader of stdout stopped reading: no failure
            return error
        return write_error(self._name, self._key, error)


def write_error(name: str, key: str, error: OSError) -> InputError:
    """Return an InputError saying that a file cannot be written.

    Args:
        name: name of the file.
        key: the option that names the file.
        error: the reason.
    """
    return InputError(f"{key}: {name!r} cannot be written: {error.strerror}")


def compress(output: Output, packing: Packing) -> Any:
    """Return a stream that compresses what is written to it; closing it leaves `output` open."""
    stream: Any = output  # has all the methods that the compressors need
    if packing == "gzip":
        return gzip.GzipFile(fileobj=stream, mode="wb", mtime=0)
    if packing == "bzip2":
        return bz2.BZ2File(stream, "wb")
    if packing == "xz":
        return lzma.LZMAFile(stream, "wb")
    import pyarrow

    return pyarrow.CompressedOutputStream(pyarrow.PythonFile(stream, "w"), "zstd")
