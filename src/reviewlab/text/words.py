"""Encode whole words by their frequency rank, as in the IMDB reviews that Keras ships."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, repeat

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import Learned, Option, PadTo, Side, TextEncoder, Word, as_sets
from reviewlab.text.splitting import BOUNDARY, KERAS_FILTERS, WordSplitter, to_bytes, to_text

_BOUNDARY_ID = -1
_EMPTY_ID = -2


class WordEncoder(TextEncoder):
    """Gives each word an id by its frequency rank: the more frequent the word, the lower the id.

    Every character of `filters` becomes a space and the text is split at spaces (the space
    character only: other white space stays inside a word unless it is filtered). Words are ranked
    by their count in the fitting texts, ties by first appearance; `id = rank + index_from`, where
    the first rank is 1. A word whose id would reach `num_words`, or that was never seen, becomes
    `oov_id`.

    Args:
        num_words: number of ids, including special ids; None keeps every word.
        lower: convert to lower case first.
        filters: characters that separate words.
        start_id: id put before the first word of every review; None for no such id.
        oov_id: id of every word outside the vocabulary.
        index_from: the highest id reserved for special ids.
        distinct: keep each id once per review, in ascending order: all that `multi_hot` needs, and
            several times shorter. Wrong for models that use counts or the order of words.
        pad_id: the id that pads short reviews.
        max_length: maximum number of tokens per review, the start id included; None for no limit.
        padding: the side that is padded: `pre` for the beginning, `post` for the end.
        truncation: the side that is cut: `pre` for the beginning, `post` for the end.
        pad_to: `longest` pads to the longest review of a batch, `max_length` always to that length.
        cleaning: steps applied to a text before anything else; None for none.

    Raises:
        InputError: special ids clash with each other or with words, or no id is left for a word.
    """

    oov_id: int

    def __init__(
        self,
        num_words: PositiveInt | None = None,
        lower: bool = True,
        filters: str = KERAS_FILTERS,
        start_id: NonNegativeInt | None = 1,
        oov_id: NonNegativeInt = 2,
        index_from: NonNegativeInt = 3,
        distinct: bool = False,
        pad_id: NonNegativeInt = 0,
        max_length: PositiveInt | None = None,
        padding: Side = "post",
        truncation: Side = "post",
        pad_to: PadTo = "longest",
        cleaning: Cleaning | None = None,
    ) -> None:
        super().__init__(max_length, padding, truncation, pad_to, pad_id, cleaning)
        specials = {"pad_id": pad_id, "oov_id": oov_id}
        if start_id is not None:
            specials["start_id"] = start_id
        _refuse_clashes(specials, index_from, num_words)
        self.num_words = num_words
        self.lower = lower
        self.filters = filters
        self.start_id = start_id
        self.oov_id = oov_id
        self.index_from = index_from
        self.distinct = distinct
        self._splitter = WordSplitter(lower, filters, self.cleaning)
        self._words: list[bytes] = []
        self._ids: dict[bytes, int] | None = None

    @property
    def words(self) -> list[str]:
        """The vocabulary, most frequent word first; the first one has the id `index_from + 1`."""
        return [to_text(word) for word in self._words]

    @property
    def vocab_size(self) -> int:
        """One more than the highest id: `num_words`, or less if the texts have fewer words."""
        every = self.index_from + 1 + len(self._words)
        return every if self.num_words is None else min(self.num_words, every)

    def fit(self, texts: Iterable[str]) -> None:
        """Rank the words of `texts`."""
        seen: defaultdict[bytes, int] = defaultdict(count().__next__)  # numbered by appearance
        counts = np.zeros(0, np.int64)
        for words in self._splitter.split(texts):
            numbers = np.fromiter(map(seen.__getitem__, words), np.int64, len(words))
            chunk = np.bincount(numbers, minlength=len(counts))
            chunk[: len(counts)] += counts
            counts = chunk
        words = list(seen)
        ranking = np.argsort(-counts, kind="stable").tolist()
        self._words = [words[i] for i in ranking if words[i] not in (b"", BOUNDARY)]
        if self.num_words is not None:
            del self._words[max(self.num_words - self.index_from - 1, 0) :]
        self._ids = None

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the concatenated ids of all texts, and their offsets."""
        lookup = self._lookup()
        flat: list[NDArray[np.int32]] = []
        lengths: list[NDArray[np.int64]] = []
        for words in self._splitter.split(texts):
            ids = np.fromiter(map(lookup.get, words, repeat(self.oov_id)), np.int32, len(words))
            ids = ids[ids != _EMPTY_ID]
            starts = np.flatnonzero(ids == _BOUNDARY_ID)
            lengths.append(np.diff(starts, append=len(ids)))
            if self.start_id is not None:
                ids[starts] = self.start_id
                flat.append(ids)
            else:
                lengths[-1] -= 1
                flat.append(np.delete(ids, starts))
            if self.distinct:
                in_text = np.repeat(np.arange(len(lengths[-1])), lengths[-1])
                flat[-1], lengths[-1] = as_sets(in_text, flat[-1], len(lengths[-1]))
        offsets = np.zeros(len(texts) + 1, np.int64)
        if flat:
            np.cumsum(np.concatenate(lengths), out=offsets[1:])
        return np.concatenate([np.zeros(0, np.int32), *flat]), offsets

    def locate(self, text: str) -> list[Word]:
        """Find the words of the text; with `distinct`, words with the same id share a position."""
        spans = [*self._splitter.locate(text)]
        first = 0 if self.start_id is None else 1
        places = [*range(first, first + len(spans))]
        if self.distinct:
            places = self._places_in_set(text)
        return [Word(*span, (place,)) for span, place in zip(spans, places, strict=True)]

    def _places_in_set(self, text: str) -> list[int]:
        ids, _ = self.encode([text])
        lookup = self._lookup()
        [split] = self._splitter.split([text])
        words = [word for word in split if word not in (b"", BOUNDARY)]
        own = [lookup.get(word, self.oov_id) for word in words]
        places: list[int] = np.searchsorted(ids, own).tolist()
        return places

    def decode(self, token_ids: Iterable[int]) -> str:
        """Join the words with spaces; `?` stands for a word outside the vocabulary."""
        hidden = {self.pad_id, self.start_id}
        return " ".join(self._word(i) for i in token_ids if i not in hidden)

    def options(self) -> dict[str, Option]:
        """Return the constructor arguments that change the ids."""
        return {
            "num_words": self.num_words,
            "lower": self.lower,
            "filters": self.filters,
            "start_id": self.start_id,
            "oov_id": self.oov_id,
            "index_from": self.index_from,
            "distinct": self.distinct,
        }

    def learned(self) -> Learned:
        """Return the ranked words as one string, joined by spaces: no word contains one."""
        return {"words": to_text(b" ".join(self._words))}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore the ranked words."""
        words = to_bytes(learned["words"])
        self._words = words.split(b" ") if words else []
        self._ids = None

    def _lookup(self) -> dict[bytes, int]:
        if self._ids is None:
            self._ids = dict(zip(self._words, count(self.index_from + 1)))
            self._ids[b""] = _EMPTY_ID
            self._ids[BOUNDARY] = _BOUNDARY_ID
        return self._ids

    def _word(self, token_id: int) -> str:
        rank = token_id - self.index_from - 1
        return to_text(self._words[rank]) if 0 <= rank < len(self._words) else "?"


def _refuse_clashes(specials: dict[str, int], index_from: int, num_words: int | None) -> None:
    for name, value in specials.items():
        if value > index_from:
            raise InputError(
                f"data.text.{name}: {value} would also be the id of a word;"
                f" allowed: at most {index_from} (data.text.index_from)"
            )
        if num_words is not None and value >= num_words:
            raise InputError(
                f"data.text.{name}: {value} is too large; allowed: less than {num_words}"
                " (data.text.num_words)"
            )
    if num_words is not None and num_words < index_from + 2:
        raise InputError(
            f"data.text.num_words: {num_words} leaves no id for a word; allowed:"
            f" {index_from + 2} or more with data.text.index_from={index_from}, or null"
        )
    if len(set(specials.values())) < len(specials):
        listed = ", ".join(f"{name}={value}" for name, value in specials.items())
        raise InputError(f"data.text: special ids must differ, but some are equal: {listed}")
