"""The error for invalid input, and phrases that its messages share."""

import errno
import re
from collections.abc import Iterable

DISK_FAILURES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE})
"""Error numbers of a disk that fails: it is full, damaged, read-only or, on a network, gone."""

CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
"""Characters that move the cursor, change colours or reverse the direction, without line feeds."""

LONGEST_WORD = 1_000
LONGEST_LINE = 4_000
"""Bounds on an error message, in characters; a path may have a few hundred."""

LONG_WORD = re.compile(rf"(\S{{200}})\S{{{LONGEST_WORD - 299},}}(\S{{100}})")
"""Finds the words that are cut, and what is shown of them."""

WRONG_KIND = frozenset({errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP})
"""Error numbers of a file in a folder's place, a folder in a file's place, or a link to itself."""

UNWRITABLE = DISK_FAILURES | WRONG_KIND | {errno.EACCES, errno.EPERM, errno.EFBIG}
"""Error numbers of a location that cannot be written to, for any reason."""


class InputError(ValueError):
    """Invalid input: the message is one line with the key, its value and the allowed values.

    It is raised only where input enters (configs, files, checkpoints, the network). Commands print
    it to stderr and exit with code 2.

    Values from files and from the command line are part of many messages. Characters that would
    control the terminal are escaped, and what is very long is cut.
    """

    def __init__(self, message: str) -> None:
        super().__init__(shorten_line(escape_controls(message)))


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


def escape_controls(text: str) -> str:
    r"""Escape the characters that control a terminal or reverse the direction of a text.

    Line breaks and tabs stay as they are.

    >>> escape_controls("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return CONTROLS.sub(_escape, text)


def shorten_line(text: str) -> str:
    """Cut words of more than `LONGEST_WORD` characters, and lines of more than `LONGEST_LINE`."""
    if len(text) > LONGEST_WORD:
        text = LONG_WORD.sub(r"\1…\2", text)
    if len(text) <= LONGEST_LINE:
        return text
    half = LONGEST_LINE // 2
    return f"{text[:half]} … {text[-half:]}"


def single_line(text: str) -> str:
    """Join the lines of `text` with spaces."""
    return " ".join(text.split())


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type if the message is empty."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def short_repr(value: object, length: int = 80) -> str:
    """Return the `repr` of a value from outside, cut to `length` characters for a message."""
    try:
        text = repr(value[: length + 1] if isinstance(value, str) else value)
    except (RecursionError, ValueError):  # a number of thousands of digits, for one
        text = f"<{type(value).__name__}>"
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")
