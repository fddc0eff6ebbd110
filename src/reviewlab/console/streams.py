"""Keep stdout and stderr from ending a program: what they cannot take is dropped."""

import errno
import io
import os
import select
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, TextIO

from reviewlab.exceptions import InputError

READER_GONE = frozenset({errno.EPIPE, errno.EIO})
"""Error numbers of a pipe whose reader has ended, as `| head` does, and of a closed terminal."""


_STDERR_HOLDER = threading.RLock()


class LenientFile(io.FileIO):
    """The file behind stdout or stderr: it drops what cannot be written.

    Nothing that prints can then end the program. Otherwise a closed pipe would make rich exit, and
    a full disk would end a training at the next line about an epoch.

    Attributes:
        error: the latest error other than those in `READER_GONE`; None if there was none.
    """

    error: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write some of `data`, and return the number of bytes that were written or dropped."""
        while True:
            try:
                return os.write(self.fileno(), data)
            except BlockingIOError:  # another program has made the pipe non-blocking
                select.select([], [self], [])
            except OSError as error:
                if error.errno not in READER_GONE:
                    self.error = error
                return memoryview(data).nbytes


def prepare_streams() -> None:
    """Make stdout and stderr fit for a long program; see the functions called here."""
    open_closed_streams()
    drop_unwritable()
    replace_unprintable()


def open_closed_streams() -> None:
    """Open /dev/null as each of stdin, stdout and stderr that was closed, as by `2>&-`.

    Otherwise the next file to be opened would get its number, and libraries would print into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None and not _is_open(number):
            null = os.open(os.devnull, os.O_RDWR)  # gets the lowest free number
            stream = os.fdopen(null, "w" if number else "r", encoding="utf-8")
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def drop_unwritable() -> None:
    """Make stdout and stderr drop what cannot be written, unless a host has replaced them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if _is_original(stream):
            setattr(sys, name, _make_lenient(stream))


@contextmanager
def unwritable_dropped() -> Iterator[None]:
    """Do what `drop_unwritable` does within the `with` block, and restore the streams."""
    before = sys.stdout, sys.stderr
    drop_unwritable()
    try:
        yield
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        sys.stdout, sys.stderr = before


def replace_unprintable() -> None:
    """Make stdout and stderr show `?` for characters that their encoding lacks.

    Tables of predictions are not affected: they are written as UTF-8 to stdout's binary buffer.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


@contextmanager
def stderr_held() -> Iterator[None]:
    """Hold back what anything in this process prints to stderr; drop it if the block raises.

    Libraries in C or Rust print there themselves, past `sys.stderr`. One thread at a time can hold
    stderr back; the others wait.
    """
    with _STDERR_HOLDER, _open_unnamed() as held:
        stderr = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
        held.seek(0)
        with suppress(OSError), open(2, "wb", buffering=0, closefd=False) as stream:
            shutil.copyfileobj(held, stream)


def refuse_lost_output() -> None:
    """Refuse to end well if stdout did not take everything; a reader that went away is no failure.

    Raises:
        InputError: stdout could not be written, for example because the disk is full.
    """
    sys.stdout.flush()
    raw = _raw(sys.stdout)
    if isinstance(raw, LenientFile) and raw.error is not None:
        raise InputError(f"stdout: {raw.error.strerror}; some of what was printed is lost")


@contextmanager
def product_stream() -> Iterator[IO[bytes]]:
    """Open stdout for a table that was asked for, which is not dropped: errors are raised."""
    raw = _raw(sys.stdout)
    if not isinstance(raw, LenientFile):
        yield sys.stdout.buffer
        return
    sys.stdout.flush()
    with open(raw.fileno(), "wb", buffering=0, closefd=False) as stream:
        yield stream


def _open_unnamed() -> IO[bytes]:
    """Open a file without a name: in memory on Linux, where this is 30 times quicker."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("held"), "w+b")
    return tempfile.TemporaryFile()


def _is_open(number: int) -> bool:
    with suppress(OSError):
        os.fstat(number)
        return True
    return False


def _is_original(stream: TextIO | None) -> bool:
    """Return True for a stream as Python opened it, on a pipe, file or terminal."""
    return (
        sys.platform != "win32"
        and type(stream) is io.TextIOWrapper
        and not stream.closed
        and type(_raw(stream)) is io.FileIO
        and stream.fileno() in (1, 2)
    )


def _raw(stream: TextIO) -> Any:
    """Return the file below the buffers of a stream; None if there is none."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)  # with `python -u` there is no buffer of bytes


def _make_lenient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    with suppress(OSError):
        stream.flush()
    raw = LenientFile(stream.fileno(), "wb", closefd=False)
    unbuffered = isinstance(stream.buffer, io.RawIOBase)
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
