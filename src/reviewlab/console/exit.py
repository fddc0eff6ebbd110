"""Everything a person can do wrong ends as one line on stderr and exit code 2."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from reviewlab.errors import InputError

SHOW_TRACEBACK = "debug=traceback"
"""Looked for on the command line itself, so that it works even when no config can be composed."""

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def one_line(argv: Sequence[str]) -> Iterator[None]:
    """Turn what a person did wrong into `error: ...` and leave; our own mistakes pass through.

    Until `tidy_up_on_interrupt` is called, Ctrl-C ends the program at once: nothing has been begun
    yet, and packages that are being imported catch a `KeyboardInterrupt` and go on half made.
    """
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except InputError as error:
        _leave(str(error), argv)
    except BrokenPipeError:  # whoever read has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        if error.errno not in DISK:
            raise
        _leave(f"{error.filename or 'writing'}: {error.strerror}", argv)
    finally:
        signal.signal(signal.SIGINT, handler)


def tidy_up_on_interrupt() -> None:
    """From here on Ctrl-C raises `KeyboardInterrupt`: something is begun that has to be ended."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def flat(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The question to add to an error line; empty where nothing known is like `word`."""
    close = likest(word, known, likeness)
    return "" if close is None else f"; did you mean {close!r}?"


def likest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The one that is most like `word`; None where none is."""
    import difflib  # only now: until imports are over, Ctrl-C shows a traceback

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=likeness)), None)


def _leave(message: str, argv: Sequence[str]) -> None:
    if SHOW_TRACEBACK in argv:
        traceback.print_exc()
    sys.stderr.write(f"error: {flat(message)}\n")
    sys.exit(2)
