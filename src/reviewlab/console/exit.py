"""Report every user error in one line on stderr, with exit code 2."""

import errno
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from reviewlab.exceptions import UNWRITABLE, InputError, single_line

Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None

TOO_NEW = (3, 14)
"""The first Python version whose argparse rejects Hydra 1.3.8's help texts."""

SHOW_TRACEBACK = "debug=traceback"
"""Argument that shows tracebacks; read from the raw command line, it needs no composed config."""


@contextmanager
def exit_on_input_error(argv: Sequence[str]) -> Iterator[None]:
    """Within the `with` block, print a user's mistake as `error: ...` and exit.

    Exceptions from bugs pass through. From now on, characters that the terminal cannot show are
    replaced.

    Until `tidy_up_on_interrupt` is called, Ctrl-C ends the program at once, without a
    `KeyboardInterrupt`. There is nothing to clean up yet, and a package that catches this exception
    while it is imported would remain half imported.

    Args:
        argv: the command line, searched for debug=traceback.
    """
    replace_unprintable()
    handler = signal.getsignal(signal.SIGINT)
    at_first = signal.SIG_DFL if handler is signal.default_int_handler else handler
    with handle_signals({signal.SIGINT: at_first}):
        try:
            refuse_python(sys.version_info[:2])
            yield
        except KeyboardInterrupt:
            sys.exit(130)
        except InputError as error:
            _exit_with_error(str(error), argv)
        except BrokenPipeError:  # the reader has closed the pipe, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(128 + signal.SIGPIPE)
        except OSError as error:
            if error.errno not in UNWRITABLE | {errno.ENAMETOOLONG}:
                raise
            message = f"{error.filename or 'writing'}: {error.strerror}"
            _exit_with_error(str(InputError(message)), argv)


def refuse_python(version: tuple[int, int]) -> None:
    """Refuse a Python version with which Hydra fails before it reads the command line.

    Raises:
        InputError: the version is too new.
    """
    if version >= TOO_NEW:
        raise InputError(
            f"Python {version[0]}.{version[1]}: Hydra 1.3.8 does not work with it; allowed: Python "
            "3.11 to 3.13"
        )


def replace_unprintable() -> None:
    """Make stdout and stderr show `?` for characters that their encoding lacks.

    Tables of predictions are not affected: they are written as UTF-8 to stdout's binary buffer.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def tidy_up_on_interrupt() -> None:
    """Make Ctrl-C raise `KeyboardInterrupt` from now on, so that the program can clean up."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        install_handler(signal.SIGINT, signal.default_int_handler)


@contextmanager
def handle_signals(handlers: Mapping[int, Handler]) -> Iterator[None]:
    """Handle signals inside the block; outside the main thread this does nothing."""
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in handlers.items():
        install_handler(number, handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            install_handler(number, handler)


def exit_on_signal(number: int, frame: FrameType | None) -> None:
    """Exit with the signal's exit code; a signal handler, after which `finally` blocks run."""
    sys.exit(128 + number)


def install_handler(number: int, handler: Handler) -> None:
    """Handle a signal from now on, if this is the main thread.

    Python allows only the main thread to do so. In any other thread nothing is changed.
    """
    # None stands for a handler that was not installed from Python and cannot be restored
    if threading.current_thread() is threading.main_thread() and handler is not None:
        signal.signal(number, handler)


def _exit_with_error(message: str, argv: Sequence[str]) -> None:
    if SHOW_TRACEBACK in argv:
        traceback.print_exc()
    sys.stderr.write(f"error: {single_line(message)}\n")
    sys.exit(2)
