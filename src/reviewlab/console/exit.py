"""Report every user error in one line on stderr, with exit code 2."""

import atexit
import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any

from reviewlab.console.streams import prepare_streams, refuse_lost_output
from reviewlab.exceptions import UNWRITABLE, InputError, single_line

Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None

TOO_NEW = (3, 14)
"""The first Python version whose argparse rejects Hydra 1.3.8's help texts."""

SHOW_TRACEBACK = "debug=traceback"
"""Argument that shows tracebacks; read from the raw command line, it needs no composed config."""


@contextmanager
def exit_on_input_error(argv: Sequence[str] | None) -> Iterator[list[str]]:
    """Within the `with` block, print a user's mistake as `error: ...` and exit.

    Exceptions from bugs pass through. From now on, characters that the terminal cannot show are
    replaced, and what stdout and stderr cannot take is dropped.

    Until `tidy_up_on_interrupt` is called, Ctrl-C ends the program at once, without a
    `KeyboardInterrupt`. There is nothing to clean up yet, and a package that catches this exception
    while it is imported would remain half imported.

    Args:
        argv: the command line; None for the command line of this process, which ends with the
            block.

    Yields:
        The command line.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    prepare_streams()
    if argv is None:  # it runs late, when no exit function is left that could take long
        atexit.register(install_handler, signal.SIGINT, signal.SIG_IGN)
    handler = signal.getsignal(signal.SIGINT)
    at_first = signal.SIG_DFL if handler is signal.default_int_handler else handler
    install_handler(signal.SIGINT, at_first)
    try:
        with _errors_reported(arguments):
            refuse_python(sys.version_info[:2])
            with nullcontext() if argv is not None else _printed_in_full():
                yield arguments
    finally:
        at_last = _end_at_once if argv is None and at_first is signal.SIG_DFL else handler
        install_handler(signal.SIGINT, at_last)


@contextmanager
def _errors_reported(arguments: Sequence[str]) -> Iterator[None]:
    """Exit with the code of an error from the `with` block, after a line for a user's mistake."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except InputError as error:
        _exit_with_error(str(error), arguments)
    except BrokenPipeError:  # the reader of a table on stdout has closed the pipe, as `| head` does
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        if error.errno not in UNWRITABLE | {errno.ENAMETOOLONG}:
            raise
        message = f"{error.filename or 'writing'}: {error.strerror}"
        _exit_with_error(str(InputError(message)), arguments)


@contextmanager
def _printed_in_full() -> Iterator[None]:
    """Refuse to end the `with` block well if stdout did not take everything."""
    try:
        yield
    except SystemExit as leaving:
        if not leaving.code:
            refuse_lost_output()
        raise
    refuse_lost_output()


def _end_at_once(number: int, frame: FrameType | None) -> None:
    """End the process; a signal handler for a program that has done its work.

    A `KeyboardInterrupt` while Python shuts down would be printed as an exception that is ignored.
    """
    os._exit(128 + number)


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


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return the signals of a person who stops a program: Ctrl-C, `kill`, a closed terminal.

    SIGHUP, for a closed terminal, is left out if this process was started to ignore it, as by
    `nohup`. SIGINT and SIGQUIT (Ctrl-C and Ctrl with a backslash) are not: a shell ignores them for
    each command that a script starts with `&`, and `kill -INT` has to stop these, too.
    """
    if sys.platform == "win32":
        return signal.SIGINT, signal.SIGTERM
    is_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, *(() if is_ignored else (signal.SIGHUP,))


def run_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that end a run: `stop_signals`, and SIGUSR1.

    SLURM sends SIGUSR1 some time before an allocation ends. Windows has no such signal; nothing
    trains there.
    """
    return *stop_signals(), signal.SIGUSR1


@contextmanager
def exit_on_signals(numbers: Sequence[int]) -> Iterator[None]:
    """Let signals end the `with` block by `SystemExit` with their exit code.

    Native code that a signal interrupts may swallow the exception, or replace it by its own, as
    matplotlib does. So the block ends by `SystemExit` in these cases, too.
    """
    received: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        received.append(number)
        sys.exit(128 + number)

    try:
        with handle_signals(dict.fromkeys(numbers, leave)):
            yield
    except Exception:
        if not received:
            raise
    if received:
        sys.exit(128 + received[0])


@contextmanager
def tidy_up_on_signals() -> Iterator[None]:
    """Let other signals end the `with` block like Ctrl-C, so that no temporary file is left."""
    with exit_on_signals([number for number in stop_signals() if number != signal.SIGINT]):
        yield


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
