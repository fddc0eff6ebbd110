"""Assign ids to the n-grams of texts, from a learned vocabulary or by hashing."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.text.encoder import Learned
from reviewlab.text.ngram_table import MISSING, Ids, NgramTable, pack, unpack
from reviewlab.text.splitting import NumberedWords, to_bytes, to_text

SHORTEST = 2
"""Length of the shortest character n-grams."""

WORDS_REMEMBERED = 2**18
"""Number of distinct words whose character n-grams are cached."""

KEYS = "keys_"


class Occurrences(NamedTuple):
    """All occurrences of one kind of n-gram, such as word pairs, in some texts.

    Attributes:
        length: number of words of each n-gram; 1 for character n-grams.
        ends: int64 `[occurrences]`, index of each n-gram's last word among the words of all texts.
        ids: int64 `[occurrences]`, id of each n-gram.
    """

    length: int
    ends: Ids
    ids: Ids


class CountedNgrams:
    """A vocabulary of the n-grams that are frequent enough.

    Id 0 stands for every word outside the vocabulary. The next ids belong to words, then to longer
    n-grams by length, and the last ones to character n-grams.

    Args:
        word_ngrams: length of the longest word n-grams.
        character_ngrams: length of the longest character n-grams; None for no character n-grams.
        min_count: minimum count of an n-gram in the texts that the vocabulary is learned from.
    """

    def __init__(self, word_ngrams: int, character_ngrams: int | None, min_count: int) -> None:
        self.word_ngrams = word_ngrams
        self.character_ngrams = character_ngrams
        self.min_count = min_count
        self._set({}, NgramTable(0), {})

    def _set(self, words: dict[bytes, int], table: NgramTable, characters: dict[str, int]) -> None:
        """Set the vocabulary.

        Args:
            words: index of each word, from 0.
            table: n-grams of two or more words.
            characters: index of each character n-gram, from 0.
        """
        self._words = words
        self._table = table
        self._characters = characters
        self._first_character = 1 + sum(table.sizes)
        self._ids_within = lru_cache(WORDS_REMEMBERED)(self._look_up_characters)
        self._spellings: list[str] | None = None

    @property
    def size(self) -> int:
        """Number of ids."""
        return self._first_character + len(self._characters)

    def fit(self, words: NumberedWords) -> None:
        """Learn the vocabulary from the words of many texts."""
        counts = np.bincount(words.numbers, minlength=len(words.distinct))
        frequent = np.flatnonzero(counts >= self.min_count).tolist()
        vocabulary = {words.distinct[place]: number for number, place in enumerate(frequent)}
        table = NgramTable(len(vocabulary))
        table.grow(_look_up(words, vocabulary), words.texts, self.word_ngrams, self.min_count)
        self._set(vocabulary, table, self._count_characters(words.distinct, counts.tolist()))

    def _count_characters(self, words: list[bytes], counts: list[int]) -> dict[str, int]:
        if self.character_ngrams is None:
            return {}
        totals: Counter[str] = Counter()
        for word, count in zip(words, counts, strict=True):
            for gram in character_ngrams(word, self.character_ngrams):
                totals[gram] += count
        frequent = (gram for gram, total in totals.items() if total >= self.min_count)
        return {gram: number for number, gram in enumerate(frequent)}

    def find(self, words: NumberedWords) -> Iterator[Occurrences]:
        """Yield the known n-grams: word n-grams of each length, then character n-grams."""
        numbers = _look_up(words, self._words)
        first = 1
        for length, grams in enumerate(self._table.find(numbers, words.texts), start=1):
            ends = np.arange(len(grams)) if length == 1 else np.flatnonzero(grams != MISSING)
            ids = np.where(grams[ends] == MISSING, 0, grams[ends] + first)
            yield Occurrences(length, ends, ids)
            first += self._table.sizes[length - 1]
        if self.character_ngrams is not None:
            yield _find_within_words(words, self._ids_within)

    def _look_up_characters(self, word: bytes) -> Ids:
        grams = character_ngrams(word, self.character_ngrams or 0)
        numbers = (self._characters.get(gram) for gram in grams)
        first = self._first_character
        return np.array([first + number for number in numbers if number is not None], np.int64)

    def spell(self, ngram_id: int) -> str:
        """Return the n-gram in readable form; `?` for an unknown word."""
        if self._spellings is None:
            self._spellings = [to_text(word) for word in self._words]
        if not 0 < ngram_id < self.size:
            return "?"
        if ngram_id >= self._first_character:
            return f"'{[*self._characters][ngram_id - self._first_character]}'"
        number = ngram_id - 1
        for length, size in enumerate(self._table.sizes, start=1):
            if number < size:
                words = self._table.words_of(length, number)
                return " ".join(self._spellings[word] for word in words)
            number -= size
        raise AssertionError("unreachable: the sizes add up to the first id of a character n-gram")

    def learned(self) -> Learned:
        """Return the vocabulary, as JSON types."""
        keys = enumerate(self._table.keys, start=2)
        return {
            "words": to_text(b" ".join(self._words)),  # no word contains a space
            "characters": json.dumps([*self._characters]),
            **{f"{KEYS}{length}": pack(array) for length, array in keys},
        }

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore the vocabulary from what `learned` returned."""
        words = to_bytes(learned["words"]).split(b" ") if learned["words"] else []
        keys = [unpack(learned[f"{KEYS}{n}"]) for n in range(2, self.word_ngrams + 1)]
        characters: list[str] = json.loads(learned["characters"])
        if not all(isinstance(gram, str) for gram in characters):
            raise ValueError("a character n-gram is not a text")
        self._set(
            {word: number for number, word in enumerate(words)},
            NgramTable(len(words), keys),
            {gram: number for number, gram in enumerate(characters)},
        )


class HashedNgrams:
    """Uses hashes as the ids of n-grams: the hashing trick (Weinberger et al. 2009) without signs.

    Args:
        word_ngrams: length of the longest word n-grams.
        character_ngrams: length of the longest character n-grams; None for no character n-grams.
        size: number of ids.
    """

    def __init__(self, word_ngrams: int, character_ngrams: int | None, size: int) -> None:
        self.word_ngrams = word_ngrams
        self.character_ngrams = character_ngrams
        self.size = size
        self._hash = lru_cache(WORDS_REMEMBERED)(_hash)
        self._ids_within = lru_cache(WORDS_REMEMBERED)(self._hash_characters)

    def fit(self, words: NumberedWords) -> None:
        """Do nothing: hashes need no vocabulary."""

    def find(self, words: NumberedWords) -> Iterator[Occurrences]:
        """Yield all n-grams of these words: word n-grams of each length, then character n-grams."""
        hashes = np.array([*map(self._hash, words.distinct)], np.uint64)[words.numbers]
        grams, ends = hashes, np.arange(len(hashes))
        for length in range(1, self.word_ngrams + 1):
            if length > 1:
                ends = ends[1:][words.texts[ends[1:]] == words.texts[ends[1:] - length + 1]]
                longer = grams.copy()
                longer[1:] = _mix(grams[:-1]) ^ hashes[1:]
                grams = longer
            ids = (_mix(grams[ends]) % np.uint64(self.size)).astype(np.int64)
            yield Occurrences(length, ends, ids)
        if self.character_ngrams is not None:
            yield _find_within_words(words, self._ids_within)

    def _hash_characters(self, word: bytes) -> Ids:
        grams = character_ngrams(word, self.character_ngrams or 0)
        return np.array([_hash(to_bytes(f"'{gram}")) % self.size for gram in grams], np.int64)

    def spell(self, ngram_id: int) -> str:
        """Return the id itself: a hash cannot be decoded."""
        return f"#{ngram_id}"

    def learned(self) -> Learned:
        """Return an empty dictionary: nothing is learned."""
        return {}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Do nothing: nothing is learned."""


def character_ngrams(word: bytes, longest: int) -> list[str]:
    """List the character n-grams of a word, after adding a space at both ends."""
    text = f" {to_text(word)} "
    return [
        text[begin : begin + size]
        for size in range(SHORTEST, longest + 1)
        for begin in range(len(text) - size + 1)
    ]


def _look_up(words: NumberedWords, vocabulary: Mapping[bytes, int]) -> Ids:
    """Return each word's index in a vocabulary; `MISSING` for words outside it."""
    numbers = map(vocabulary.get, words.distinct, repeat(MISSING))
    return np.fromiter(numbers, np.int64, len(words.distinct))[words.numbers]


def _find_within_words(words: NumberedWords, ids_of: Callable[[bytes], Ids]) -> Occurrences:
    """Find the character n-grams in every word; `ids_of` returns their ids for one word."""
    rows = [*map(ids_of, words.distinct)]
    lengths = np.array([*map(len, rows)], np.int64)
    counts = lengths[words.numbers]
    ends = np.repeat(np.arange(len(counts)), counts)
    begins = (np.cumsum(lengths) - lengths)[words.numbers]
    within = np.arange(len(ends)) - np.repeat(np.cumsum(counts) - counts, counts)
    values = np.concatenate([np.zeros(0, np.int64), *rows])
    return Occurrences(1, ends, values[np.repeat(begins, counts) + within])


def _hash(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of each number with the finaliser of splitmix64 (Steele 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
