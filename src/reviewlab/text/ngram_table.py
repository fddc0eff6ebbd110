"""N-gram tables: sorted arrays that look up the n-grams of many texts at once."""

import base64
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

MISSING = -1
"""The number of an n-gram that is not in a table."""

RATIO = 100
"""Bound on the compression of the keys of a large table; they become about ten times shorter."""


class NgramTable:
    """Assigns a number to each n-gram of words, given the words' numbers.

    An n-gram is identified by its prefix, which is one word shorter, and its last word: its key is
    `prefix * num_words + word`. The keys of each length are a sorted array, and the number of an
    n-gram is its index in that array. So an n-gram can only be in the table if its prefix is. That
    excludes no frequent n-gram, since its prefix is at least as frequent.

    Args:
        num_words: number of words, which are numbered from 0.
        keys: int64, ascending; one array for each length, from 2 on.

    Raises:
        ValueError: the keys are those of another table.
    """

    def __init__(self, num_words: int, keys: Sequence[Ids] = ()) -> None:
        self.num_words = num_words
        self.keys = list(keys)
        for prefixes, own in zip(self.sizes, self.keys, strict=False):
            if len(own) and (own[0] < 0 or own[-1] >= prefixes * num_words):
                raise ValueError("an n-gram has a prefix or a word that is not in the table")
            if (np.diff(own) <= 0).any():
                raise ValueError("the n-grams are not in ascending order")

    @property
    def sizes(self) -> list[int]:
        """Number of n-grams of each length, starting with 1."""
        return [self.num_words, *map(len, self.keys)]

    def grow(self, words: Ids, texts: Ids, longest: int, min_count: int) -> None:
        """Add every n-gram of 2 to `longest` words that occurs at least `min_count` times.

        Args:
            words: numbers of the words of all texts, concatenated; `MISSING` for unknown words.
            texts: index of the text that each word belongs to, ascending.
            longest: number of words of the longest n-gram.
            min_count: minimum number of occurrences.
        """
        grams = words
        for _ in range(2, longest + 1):
            ends, keys = self._keys(grams, words, texts)
            distinct, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
            frequent = counts >= min_count
            self.keys.append(distinct[frequent])
            grams = np.full(len(words), MISSING)
            grams[ends] = np.where(frequent, np.cumsum(frequent) - 1, MISSING)[inverse]

    def find(self, words: Ids, texts: Ids) -> Iterator[Ids]:
        """For each length in turn, from 1 up, look up the n-gram that ends with each word.

        Args:
            words: as for `grow`.
            texts: as for `grow`.

        Yields:
            For each word, the number of the n-gram that ends with it; `MISSING` if it is not in the
            table.
        """
        grams = words
        yield grams
        for table in self.keys:
            ends, keys = self._keys(grams, words, texts)
            grams = np.full(len(words), MISSING)
            if len(table):
                # Sorted queries are several times faster: neighbours share cache lines.
                queries, inverse = np.unique(keys, return_inverse=True)
                places = np.minimum(np.searchsorted(table, queries), len(table) - 1)
                grams[ends] = np.where(table[places] == queries, places, MISSING)[inverse]
            yield grams

    def words_of(self, length: int, number: int) -> list[int]:
        """Return the numbers of an n-gram's words, given its length and its number."""
        words: list[int] = []
        for keys in reversed(self.keys[: length - 1]):
            number, word = divmod(int(keys[number]), self.num_words)
            words.append(word)
        return [number, *reversed(words)]

    def _keys(self, prefixes: Ids, words: Ids, texts: Ids) -> tuple[Ids, Ids]:
        """Find the n-grams with a known prefix and a known last word.

        Args:
            prefixes: for each word, the number of the n-gram that precedes it.
            words: as for `grow`.
            texts: as for `grow`.

        Returns:
            The index in `words` where each of these n-grams ends, and their keys.
        """
        is_whole = (prefixes[:-1] != MISSING) & (words[1:] != MISSING) & (texts[1:] == texts[:-1])
        ends = np.flatnonzero(is_whole) + 1
        return ends, prefixes[ends - 1] * self.num_words + words[ends]


def pack(keys: Ids) -> str:
    """Return ascending numbers as a short string: their differences are small and compress well."""
    steps = np.diff(keys, prepend=0).astype("<i8")
    # All the lowest bytes first, then all the next ones: most of the higher bytes are zero.
    planes = steps.view(np.uint8).reshape(-1, 8).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 1)).decode("ascii")


def unpack(text: str) -> Ids:
    """Return the numbers in a string from `pack`.

    Raises:
        ValueError: the string is damaged.
    """
    planes: NDArray[Any] = np.frombuffer(_decompress(base64.b64decode(text)), np.uint8)
    steps = np.ascontiguousarray(planes.reshape(8, -1).T).view("<i8")[:, 0]
    return np.cumsum(steps, dtype=np.int64)


def _decompress(content: bytes) -> bytes:
    """Decompress keys; zlib could also make a gigabyte from a megabyte."""
    unpacker = zlib.decompressobj()
    keys = unpacker.decompress(content, max(2**24, RATIO * len(content)))
    if not unpacker.eof:
        raise ValueError("the n-grams are truncated, or unpack to more than they could hold")
    return keys
