"""Reviews are untrusted text: made fit for a terminal, on one line and as narrow as wanted."""

from unicodedata import category

from rich.cells import cell_len, set_cell_size

JOINERS = "\u200c\u200d"
"""They shape emoji, Arabic and Indic letters; a terminal gives them no column."""


def legible(text: str, width: int | None = None) -> str:
    """`text` on one line, without what would move a cursor or cannot be seen.

    width: columns of a terminal that it may take; what is longer ends in an ellipsis.
    """
    shown = " ".join("".join(map(_shown, text)).split())
    if width is None or cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…"


def spelt(word: str, width: int | None = None) -> str:
    """A word for a terminal; as Python writes it where it holds what could not be seen."""
    return legible(word if legible(word) == word else repr(word), width)


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    hidden = category(character) in {"Cc", "Cs", "Cf"} and character not in JOINERS
    return "\ufffd" if hidden else character
