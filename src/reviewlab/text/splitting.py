"""Split texts into words as Keras does, many at a time, and locate each word in its text."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.text.cleaning import Cleaning

KERAS_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'

# Texts are joined, filtered and split as UTF-8, many at a time: at these sizes bytes are twice as
# fast as str. No UTF-8 sequence contains 0xFF, so it can serve as the word that separates texts.
BOUNDARY = b"\xff"
_TEXTS_AT_A_TIME = 256


class NumberedWords(NamedTuple):
    """The words of several texts, as indices into the list of distinct words.

    Attributes:
        distinct: distinct words in UTF-8, in order of appearance.
        numbers: int64 `[words]`, indices into `distinct` for the words of all texts, concatenated.
        texts: int64 `[words]`, ascending; the index of the text that each word belongs to.
    """

    distinct: list[bytes]
    numbers: NDArray[np.int64]
    texts: NDArray[np.int64]


class WordSplitter:
    """Replaces every character of `filters` with a space and splits at spaces.

    Only the space character separates: other white space stays inside a word unless it is filtered.

    Args:
        lower: convert to lower case first.
        filters: characters that separate words.
        cleaning: steps applied to a text before anything else.
    """

    def __init__(self, lower: bool, filters: str, cleaning: Cleaning) -> None:
        self.lower = lower
        self.filters = filters
        self.cleaning = cleaning

    def split(self, texts: Iterable[str]) -> Iterator[list[bytes]]:
        """Split texts into words, with `BOUNDARY` before the words of each text.

        Yields:
            The words of many texts at a time, in UTF-8. Adjacent separators give an empty word.
        """
        narrow, wide = _separators(self.filters)
        remaining = iter(self.cleaning.apply_to(texts))
        while chunk := list(islice(remaining, _TEXTS_AT_A_TIME)):
            if self.lower:
                chunk = [self.cleaning.lower(text) for text in chunk]
            joined = b" \xff ".join([b"", *map(to_bytes, chunk)]).translate(narrow)
            for character in wide:
                joined = joined.replace(character, b" ")
            yield joined.split(b" ")

    def number(self, texts: Iterable[str]) -> NumberedWords:
        """Split the texts into words, and return each word as its index in the distinct words."""
        seen: defaultdict[bytes, int] = defaultdict(count().__next__)
        boundary, empty = seen[BOUNDARY], seen[b""]
        chunks = [
            np.fromiter(map(seen.__getitem__, words), np.int64, len(words))
            for words in self.split(texts)
        ]
        numbers = np.concatenate([np.zeros(0, np.int64), *chunks])
        numbers = numbers[numbers != empty]
        begins = numbers == boundary
        in_text = np.cumsum(begins) - 1
        return NumberedWords([*seen][2:], numbers[~begins] - 2, in_text[~begins])

    def locate(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the start and end of each word in the original text, before any cleaning."""
        cleaned, origins = self.cleaning.traced(text)
        if self.lower:
            cleaned, origins = self.cleaning.lower_traced(cleaned, origins)
        for word in re.finditer(f"[^ {re.escape(self.filters)}]+", cleaned):
            end = self.cleaning.word_end(text, origins[word.end() - 1] + 1)
            yield origins[word.start()], end


def to_bytes(text: str) -> bytes:
    """Encode a text as UTF-8; lone surrogates, which any input may contain, are kept."""
    return text.encode("utf-8", "surrogatepass")


def to_text(word: bytes) -> str:
    """Decode what `to_bytes` encoded."""
    return word.decode("utf-8", "surrogatepass")


def _separators(filters: str) -> tuple[bytes, list[bytes]]:
    """Return a translation table for ASCII separators, and all other separators in UTF-8."""
    narrow = {ord(character) for character in filters if character.isascii()}
    table = bytes(0x20 if byte in narrow else byte for byte in range(256))
    return table, [to_bytes(c) for c in filters if not c.isascii()]
