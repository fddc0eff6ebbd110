"""Named steps that tidy a text before it is split into tokens."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from string import punctuation

APOSTROPHES = "'\u2019\u02bc"


def is_punctuation(character: str) -> bool:
    """True for ASCII punctuation and for every Unicode character of a `P` category.

    So `$`, `+` and `~` are punctuation, as in `string.punctuation`, and so are `…`, `¿` and `。`;
    emoji, accents and currency signs outside ASCII are not: they carry meaning in a review.
    """
    return (
        character in punctuation
        or character in APOSTROPHES
        or unicodedata.category(character).startswith("P")
    )


def without_punctuation(character: str) -> str:
    """Replace an apostrophe by nothing ("don't" stays one word), any other mark by a space."""
    if character in APOSTROPHES:
        return ""
    return " " if is_punctuation(character) else character


def without_digits(character: str) -> str:
    """Replace a decimal digit of any script by a space."""
    return " " if character.isdecimal() else character


class _Table(dict[int, str]):
    """A table for `str.translate`, filled as characters turn up: texts use little of Unicode."""

    def __init__(self, punctuation: bool, digits: bool) -> None:
        self.punctuation = punctuation
        self.digits = digits

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if self.punctuation:
            character = without_punctuation(character)
        if self.digits and character:
            character = without_digits(character)
        self[code] = character
        return character


_TABLES = {(p, d): _Table(p, d) for p in (False, True) for d in (False, True)}


@dataclass(frozen=True)
class Cleaning:
    """Cleans a text by the steps that are on, always in this order; with none on, changes nothing.

    lower_case: letters become small.
    strip_punctuation: apostrophes vanish, every other mark becomes a space ("so-so, don't" is
        "so so  dont"); `is_punctuation` says what a mark is.
    strip_digits: each digit becomes a space, so that "season2episode3" stays two words.
    strip_space: runs of white space become one space, and none is left at either end.
    """

    lower_case: bool = False
    strip_punctuation: bool = False
    strip_digits: bool = False
    strip_space: bool = False

    def __call__(self, text: str) -> str:
        """Clean the text."""
        if self.lower_case:
            text = text.lower()
        if self.strip_punctuation or self.strip_digits:
            text = text.translate(_TABLES[self.strip_punctuation, self.strip_digits])
        return " ".join(text.split()) if self.strip_space else text

    def traced(self, text: str) -> tuple[str, list[int]]:
        """Clean the text, and tell for each of its characters the place in `text` it comes from."""
        places: Sequence[int] = range(len(text))
        if self.lower_case:
            text, places = lowered(text, places)
        if self.strip_punctuation or self.strip_digits:
            table = _TABLES[self.strip_punctuation, self.strip_digits]
            places = [p for c, p in zip(text, places, strict=True) if table[ord(c)]]
            text = text.translate(table)
        if self.strip_space:
            words = [*re.finditer(r"\S+", text)]
            places = [p for w in words for p in places[w.start() : w.end() + (w is not words[-1])]]
            text = " ".join(text.split())
        return text, [*places]

    def state(self) -> dict[str, bool]:
        """Return the four options: `Cleaning(**state)` is equal to this one."""
        return asdict(self)


def lowered(text: str, places: Sequence[int]) -> tuple[str, list[int]]:
    """Lower a text with the places of its characters: some letters become two."""
    return text.lower(), [p for c, p in zip(text, places, strict=True) for _ in c.lower()]
