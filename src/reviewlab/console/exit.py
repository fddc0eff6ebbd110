"""Everything a person can do wrong ends as one line on stderr and exit code 2."""

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
"""The first Python whose argparse refuses how Hydra 1.3.8 describes its flags."""

SHOW_TRACEBACK = "debug=traceback"
"""Looked for on the command line itself, so that it works even when no config can be composed."""


@contextmanager
def exit_on_input_error(argv: Sequence[str]) -> Iterator[None]:
    """Turn what a person did wrong into `error: ...` and leave; our own mistakes pass through.

    What the terminal cannot show is replaced from here on. Ctrl-C ends the program at once, until
    `tidy_up_on_interrupt` is called: nothing has begun yet, and packages that are being imported
    catch a `KeyboardInterrupt` and go on half imported.
    """
    replace_unprintable()
    handler = signal.getsignal(signal.SIGINT)
    until_begun = signal.SIG_DFL if handler is signal.default_int_handler else handler
    with handle_signals({signal.SIGINT: until_begun}):
        try:
            refuse_python(sys.version_info[:2])
            yield
        except KeyboardInterrupt:
            sys.exit(130)
        except InputError as error:
            _leave(str(error), argv)
        except BrokenPipeError:  # the reader has seen enough: `| head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(128 + signal.SIGPIPE)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            _leave(f"{error.filename or 'writing'}: {error.strerror}", argv)


def refuse_python(version: tuple[int, int]) -> None:
    """Refuse a Python on which Hydra breaks before it could read a command line.

    Raises:
        InputError: it is too new.
    """
    if version >= TOO_NEW:
        raise InputError(
            f"Python {version[0]}.{version[1]}: Hydra 1.3.8 does not start there; allowed: Python "
            "3.11 to 3.13"
        )


def replace_unprintable() -> None:
    """Let stdout and stderr show `?` for a character that their encoding does not have.

    Tables are written to the bytes below stdout, as UTF-8: nothing of them is replaced.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def tidy_up_on_interrupt() -> None:
    """From here on Ctrl-C raises `KeyboardInterrupt`: something is begun that has to be ended."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        install_handler(signal.SIGINT, signal.default_int_handler)


@contextmanager
def handle_signals(handlers: Mapping[int, Handler]) -> Iterator[None]:
    """Handle signals while the block lasts; in another thread than the main one handle none."""
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in handlers.items():
        install_handler(number, handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            install_handler(number, handler)


def install_handler(number: int, handler: Handler) -> None:
    """Handle a signal from now on, if this is the main thread.

    Python lets no other thread do so: there the program that started the thread decides.
    """
    # None is a handler that was not installed from Python, which cannot be put back
    if threading.current_thread() is threading.main_thread() and handler is not None:
        signal.signal(number, handler)


def _leave(message: str, argv: Sequence[str]) -> None:
    if SHOW_TRACEBACK in argv:
        traceback.print_exc()
    sys.stderr.write(f"error: {single_line(message)}\n")
    sys.exit(2)
