"""Tables of n-grams: sorted arrays in which the n-grams of many texts are looked up at once."""

import base64
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

MISSING = -1
"""The number of an n-gram that is not in a table."""


class NgramTable:
    """Numbers the n-grams of numbered words.

    An n-gram is known by its prefix, which is one word shorter, and its last word: its key is
    `prefix * num_words + word`. The keys of one length are a sorted array, and the number of an
    n-gram is its place in it. So an n-gram can only be in the table if its prefix is; one that
    occurs often enough always has a prefix that is, as that occurs no less often.

    Args:
        num_words: words are numbered from 0 to below this.
        keys: for each length from 2 on, int64 and rising.
    """

    def __init__(self, num_words: int, keys: Sequence[Ids] = ()) -> None:
        self.num_words = num_words
        self.keys = list(keys)

    @property
    def sizes(self) -> list[int]:
        """Count the n-grams of each length, from 1 on."""
        return [self.num_words, *map(len, self.keys)]

    def grow(self, words: Ids, texts: Ids, longest: int, min_count: int) -> None:
        """Add every n-gram of 2 to `longest` words that occurs at least `min_count` times.

        Args:
            words: numbers of the words of all texts one after the other, `MISSING` for none.
            texts: the text that each of them stands in, rising.
            longest: words of an n-gram.
            min_count: occurrences.
        """
        grams = words
        for _ in range(2, longest + 1):
            ends, keys = self._keys(grams, words, texts)
            found, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
            kept = counts >= min_count
            self.keys.append(found[kept])
            grams = np.full(len(words), MISSING)
            grams[ends] = np.where(kept, np.cumsum(kept) - 1, MISSING)[inverse]

    def find(self, words: Ids, texts: Ids) -> Iterator[Ids]:
        """Yield for each length, from 1 on, the number of the n-gram that ends with each word.

        Args:
            words: as for `grow`.
            texts: as for `grow`.
        """
        grams = words
        yield grams
        for known in self.keys:
            ends, keys = self._keys(grams, words, texts)
            grams = np.full(len(words), MISSING)
            if len(known):
                # Sorted queries are found several times faster: neighbours share cache lines.
                wanted, inverse = np.unique(keys, return_inverse=True)
                places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
                grams[ends] = np.where(known[places] == wanted, places, MISSING)[inverse]
            yield grams

    def words_of(self, length: int, number: int) -> list[int]:
        """Return the numbers of the words of an n-gram."""
        words: list[int] = []
        for keys in reversed(self.keys[: length - 1]):
            number, word = divmod(int(keys[number]), self.num_words)
            words.append(word)
        return [number, *reversed(words)]

    def _keys(self, prefixes: Ids, words: Ids, texts: Ids) -> tuple[Ids, Ids]:
        """Return where n-grams with a known prefix and a known last word end, and their keys.

        prefixes: the number of the n-gram, one word shorter, that ends with each word.
        """
        is_whole = (prefixes[:-1] != MISSING) & (words[1:] != MISSING) & (texts[1:] == texts[:-1])
        ends = np.flatnonzero(is_whole) + 1
        return ends, prefixes[ends - 1] * self.num_words + words[ends]


def pack(keys: Ids) -> str:
    """Write rising numbers as a short text: their differences are small and compress well."""
    steps = np.diff(keys, prepend=0).astype("<i8")
    # All lowest bytes together, then the next: most of the higher ones are zero.
    planes = steps.view(np.uint8).reshape(-1, 8).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 1)).decode("ascii")


def unpack(text: str) -> Ids:
    """Return the numbers of `pack`."""
    planes: NDArray[Any] = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    steps = np.ascontiguousarray(planes.reshape(8, -1).T).view("<i8")[:, 0]
    return np.cumsum(steps, dtype=np.int64)
