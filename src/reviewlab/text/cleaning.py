"""Named steps that clean a text before it is split into tokens."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from string import punctuation

from reviewlab.text.normalisation import Form, normalise, segment_end

APOSTROPHES = "'\u2019\u02bc"


def is_punctuation(character: str) -> bool:
    """Test if a character is an apostrophe, ASCII punctuation or in a Unicode category `P*`.

    So `$`, `+` and `~` are punctuation, as in `string.punctuation`, and so are `…`, `¿` and `。`.
    Emoji, accents and currency signs outside ASCII are not: they carry meaning in a review.
    """
    return (
        character in punctuation
        or character in APOSTROPHES
        or unicodedata.category(character).startswith("P")
    )


def without_punctuation(character: str) -> str:
    """Remove an apostrophe, so that "don't" stays one word; turn other punctuation into a space."""
    if character in APOSTROPHES:
        return ""
    return " " if is_punctuation(character) else character


def without_digits(character: str) -> str:
    """Turn a decimal digit of any script into a space."""
    return " " if character.isdecimal() else character


class _Table(dict[int, str | None]):
    """A table for `str.translate` that is filled on demand, since texts use little of Unicode.

    Removed characters map to None: `translate` takes twice as long with an empty string.
    """

    def __init__(self, punctuation: bool, digits: bool) -> None:
        self.punctuation = punctuation
        self.digits = digits

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        if self.punctuation:
            character = without_punctuation(character)
        if self.digits and character:
            character = without_digits(character)
        self[code] = character or None
        return self[code]


_TABLES = {(p, d): _Table(p, d) for p in (False, True) for d in (False, True)}


@dataclass(frozen=True)
class Cleaning:
    """Cleans texts with the steps that are on; if all are off, texts stay unchanged.

    The order is fixed: normalise, lower case, punctuation and digits, space.

    Args:
        lower_case: convert to lower case.
        strip_punctuation: remove apostrophes and replace every other mark (see `is_punctuation`)
            with a space: "so-so, don't" becomes "so so  dont".
        strip_digits: replace each digit with a space, so that "season2episode3" becomes two words.
        strip_space: reduce white space to single spaces, with none at either end.
        normalise: Unicode normal form, so that the same letter is always the same characters. It
            also lower-cases the Turkish `İ` to `i`, rather than to an `i` with a second dot.
    """

    lower_case: bool = False
    strip_punctuation: bool = False
    strip_digits: bool = False
    strip_space: bool = False
    normalise: Form | None = None

    def __call__(self, text: str) -> str:
        """Clean the text."""
        if self.normalise:
            text = unicodedata.normalize(self.normalise, text)
        if self.lower_case:
            text = self.lower(text)
        if self.strip_punctuation or self.strip_digits:
            text = text.translate(_TABLES[self.strip_punctuation, self.strip_digits])
        return " ".join(text.split()) if self.strip_space else text

    def apply_to(self, texts: Iterable[str]) -> Iterable[str]:
        """Clean all texts; return the argument itself if no step is on."""
        return map(self, texts) if any(self.state().values()) else texts

    def traced(self, text: str) -> tuple[str, list[int]]:
        """Clean the text; return it with each character's original position in `text`."""
        places: Sequence[int] = range(len(text))
        if self.normalise:
            text, places = normalise(text, places, self.normalise)
        if self.lower_case:
            text, places = self.lower_traced(text, places)
        if self.strip_punctuation or self.strip_digits:
            table = _TABLES[self.strip_punctuation, self.strip_digits]
            places = [p for c, p in zip(text, places, strict=True) if table[ord(c)]]
            text = text.translate(table)
        if self.strip_space:
            words = [*re.finditer(r"\S+", text)]
            places = [p for w in words for p in places[w.start() : w.end() + (w is not words[-1])]]
            text = " ".join(text.split())
        return text, [*places]

    def lower(self, text: str) -> str:
        """Convert a text to lower case."""
        return (text.replace("İ", "i") if self.normalise else text).lower()

    def lower_traced(self, text: str, places: Sequence[int]) -> tuple[str, list[int]]:
        """Convert to lower case; return the text and the item of `places` for each character."""
        origins = [p for c, p in zip(text, places, strict=True) for _ in self.lower(c)]
        return self.lower(text), origins

    def word_end(self, text: str, end: int) -> int:
        """Return a word's end in the original text, after its last letter's combining marks."""
        return segment_end(text, end, self.normalise) if self.normalise else end

    def state(self) -> dict[str, bool | str]:
        """Return the options that are not None; `Cleaning(**state)` equals this object."""
        return {name: value for name, value in asdict(self).items() if value is not None}
