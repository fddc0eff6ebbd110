"""An explanation as one self-contained HTML file, without scripts, for light and dark screens."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unicodedata import category

from reviewlab.console.text import spelt
from reviewlab.explaining.explanation import Explanation
from reviewlab.explaining.lines import FAINT, ends, head, pieces, read_words, remarks
from reviewlab.reporting.html import render

TEMPLATE = Path(__file__).parent / "page.html"

STRONGEST_GROUND = 0.55
"""Opacity of the colour behind the strongest word, low enough to keep the word legible."""

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Control characters that would reverse the direction of the text after them."""


class Piece(NamedTuple):
    """A word of the text, or the text between two words.

    Attributes:
        text: the text of the piece.
        side: the word's CSS classes, which depend on the sign of its effect; empty between words.
        opacity: the opacity of the colour behind the word, from 0 to `STRONGEST_GROUND`.
        share: the word's share, as text.
    """

    text: str
    side: str = ""
    opacity: float = 0.0
    share: str = ""


def page(explanation: Explanation) -> str:
    """Render an explanation as a complete HTML page."""
    title, *rest = head(explanation)
    against, towards = ends(explanation)
    return render(
        TEMPLATE,
        title=title,
        remarks=[*rest, *remarks(explanation)],
        pieces=list(_pieces(explanation)),
        has_words=bool(explanation.reading.words),
        strongest=STRONGEST_GROUND,
        against=against,
        towards=towards,
        rows=[
            (row.number, row.share, row.effect, spelt(explanation.reading.spelling(row.word)))
            for row in read_words(explanation)
        ],
    )


def _pieces(explanation: Explanation) -> Iterator[Piece]:
    for text, number, strength in pieces(explanation):
        if number is None:
            yield Piece(_harmless(text))
            continue
        share = explanation.shares[number]
        side = _side(strength)
        if not explanation.reading.words[number].known:
            side += " unknown"
        opacity = STRONGEST_GROUND * abs(strength or 0.0)
        yield Piece(
            _harmless(text), side, opacity, "not read" if share is None else f"{share:+.1%}"
        )


def _side(strength: float | None) -> str:
    if strength is None:
        return "unread"
    if abs(strength) < FAINT:
        return "faint"
    return "for" if strength > 0 else "against"


def _harmless(text: str) -> str:
    """Replace characters unfit for HTML: control characters, lone surrogates, bidi controls."""
    return "".join("\ufffd" if _is_harmful(c) else c for c in text.replace("\r", ""))


def _is_harmful(character: str) -> bool:
    return character in BIDI or (category(character) in {"Cc", "Cs"} and character not in "\n\t")
