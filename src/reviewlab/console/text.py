"""Format words, numbers and untrusted text for people to read."""

from pathlib import Path
from unicodedata import category

from rich.cells import cell_len, set_cell_size

from reviewlab.console.table import on_one_line
from reviewlab.runs.files import short_path

JOINERS = "\u200c\u200d"
"""Zero-width characters that shape emoji as well as Arabic and Indic letters."""


def count_of(number: int, noun: str) -> str:
    """Format a count with its noun, in the plural unless there is exactly one.

    >>> count_of(1, "run"), count_of(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def readable_path(path: Path, base: Path | None = None) -> str:
    r"""Format a path for people, on one line: a name in it may hold a line break or a control code.

    Args:
        path: any path; `shell_path` formats one that is part of a command.
        base: folder that the path is shown relative to if it is inside; None for the current one.

    >>> readable_path(Path("a\nb"))
    'a\\nb'
    """
    return on_one_line(short_path(path, base))


def shorten(text: str, length: int) -> str:
    """Cut `text` to at most `length` characters; a cut text ends in an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def legible(text: str, width: int | None = None) -> str:
    """Put untrusted text on one line, replacing characters that are invisible or move a cursor.

    Args:
        text: a review, or any other text from outside.
        width: maximum number of terminal columns; a cut text ends in an ellipsis.

    Returns:
        The line.
    """
    line = " ".join("".join(map(_visible, text)).split())
    if width is None or cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


def spelt(word: str, width: int | None = None) -> str:
    """Format a word for a terminal, as Python's `repr` if it has invisible characters."""
    return legible(word if legible(word) == word else repr(word), width)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    hidden = category(character) in {"Cc", "Cs", "Cf"} and character not in JOINERS
    return "\ufffd" if hidden else character
