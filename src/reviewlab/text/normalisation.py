"""Unicode normalisation that keeps track of where each character came from."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

Form = Literal["NFC", "NFKC"]
"""NFC composes letters and their accents; NFKC also replaces ligatures, wide and styled letters."""

_CONJOINING = range(0x1160, 0x1200)
"""Hangul vowels and final consonants, which combine with the syllable before them."""


def normalise(text: str, places: Sequence[int], form: Form) -> tuple[str, list[int]]:
    """Normalise a text, and trace each character of the result to an original character.

    Args:
        text: any text.
        places: one number per character of `text`, such as its position.
        form: normal form (https://unicode.org/reports/tr15).

    Returns:
        The normalised text, and for each of its characters the original character's number from
        `places`.
    """
    pieces: list[str] = []
    origins: list[int] = []
    for begin, end in _segments(text, form):
        pieces.append(unicodedata.normalize(form, text[begin:end]))
        own = places[begin:end]
        origins += [own[min(i, len(own) - 1)] for i in range(len(pieces[-1]))]
    return "".join(pieces), origins


def segment_end(text: str, end: int, form: Form) -> int:
    """Return `end`, moved past any characters that may compose with the character before `end`.

    Args:
        text: any text.
        end: offset just after a character of `text`.
        form: normal form.
    """
    while end < len(text) and _joins(text[end], form):
        end += 1
    return end


def _segments(text: str, form: Form) -> Iterator[tuple[int, int]]:
    """Yield the pieces `[begin, end)` of a text that can be normalised separately."""
    begin = 0
    while begin < len(text):
        end = segment_end(text, begin + 1, form)
        yield begin, end
        begin = end


@lru_cache(maxsize=4096)
def _joins(character: str, form: Form) -> bool:
    """Test if normalisation may compose a character with the one before it."""
    if character.isascii():
        return False
    first = unicodedata.normalize("NFKD" if form == "NFKC" else "NFD", character)[0]
    return unicodedata.category(first).startswith("M") or ord(first) in _CONJOINING


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which cannot be encoded in UTF-8, with question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
