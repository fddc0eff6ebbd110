"""Words, numbers and untrusted text, made ready for a person to read."""

from unicodedata import category

from rich.cells import cell_len, set_cell_size

JOINERS = "\u200c\u200d"
"""They shape emoji, Arabic and Indic letters; a terminal gives them no column."""


def count_of(number: int, noun: str) -> str:
    """Name a number of things, in the plural where there is not exactly one.

    >>> count_of(1, "run"), count_of(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(text: str, length: int) -> str:
    """Return `text` in at most `length` characters; a longer one ends in an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def legible(text: str, width: int | None = None) -> str:
    """Put untrusted text on one line, without what would move a cursor or cannot be seen.

    Args:
        text: a review, or anything else that others wrote.
        width: columns of a terminal that it may take; a longer text ends in an ellipsis.

    Returns:
        The line.
    """
    line = " ".join("".join(map(_visible, text)).split())
    if width is None or cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


def spelt(word: str, width: int | None = None) -> str:
    """Spell a word for a terminal: as Python writes it where it holds what could not be seen."""
    return legible(word if legible(word) == word else repr(word), width)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    hidden = category(character) in {"Cc", "Cs", "Cf"} and character not in JOINERS
    return "\ufffd" if hidden else character
