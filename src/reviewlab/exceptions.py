"""The error that a person reads, and the phrases such messages share."""

import errno
from collections.abc import Iterable

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers of a disk or a quota that is used up."""

UNWRITABLE = DISK_FULL | {errno.EROFS, errno.EACCES, errno.EPERM}
"""Error numbers of a place that cannot be written to, whatever the reason."""


class InputError(ValueError):
    """A value from outside is unusable: one line that names the key, its value and what is allowed.

    Raised at the border only (configs, files, checkpoints, the network). The scripts print it on
    stderr and leave with exit code 2; inside the package nobody catches it.
    """


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Suggest the known word closest to `word`; empty where none is close.

    Args:
        word: what was typed.
        known: what is allowed.
        likeness: how similar a suggestion has to be, from 0 to 1.
    """
    close = closest(word, known, likeness)
    return "" if close is None else f"; did you mean {close!r}?"


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the known word most similar to `word`, or None where none is similar.

    Args:
        word: what was typed.
        known: what is allowed.
        likeness: how similar the result has to be, from 0 to 1.
    """
    import difflib  # only now: until imports are over, Ctrl-C shows a traceback

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=likeness)), None)


def single_line(text: str) -> str:
    """Join the lines of `text` with spaces."""
    return " ".join(text.split())


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type where it has none."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
