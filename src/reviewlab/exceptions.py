"""The error for invalid input, and phrases that its messages share."""

import errno
from collections.abc import Iterable

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers of a full disk or an exhausted quota."""

UNWRITABLE = DISK_FULL | {errno.EROFS, errno.EACCES, errno.EPERM}
"""Error numbers of a location that cannot be written to, for any reason."""


class InputError(ValueError):
    """Invalid input: the message is one line with the key, its value and the allowed values.

    It is raised only where input enters (configs, files, checkpoints, the network). Commands print
    it to stderr and exit with code 2.
    """


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the suffix `; did you mean ...?` for a message; empty if no known word is similar.

    Args:
        word: the word that was typed.
        known: the words that are allowed.
        likeness: minimum similarity of a suggestion, from 0 to 1.
    """
    close = closest(word, known, likeness)
    return "" if close is None else f"; did you mean {close!r}?"


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the known word most similar to `word`; None if no known word is similar enough.

    Args:
        word: the word that was typed.
        known: the words that are allowed.
        likeness: minimum similarity of the result, from 0 to 1.
    """
    import difflib  # here to keep start-up short: Ctrl-C shows a traceback during imports

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=likeness)), None)


def single_line(text: str) -> str:
    """Join the lines of `text` with spaces."""
    return " ".join(text.split())


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type if the message is empty."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
