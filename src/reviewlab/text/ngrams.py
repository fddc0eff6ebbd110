"""Encode a text as the set of its n-grams, of words and of the characters within words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import EncoderState, Learned, Option, TextEncoder, Word, as_sets
from reviewlab.text.ngram_numbers import CountedNgrams, HashedNgrams
from reviewlab.text.splitting import KERAS_FILTERS, WordSplitter


class NgramEncoder(TextEncoder):
    """Gives each text the ids of the n-grams that occur in it, each once, in rising order.

    Words are split as `WordEncoder` does. N-grams of characters stay within a word, and know where
    it begins and ends. An n-gram that is not in the vocabulary has no id, but for a single word:
    any such word is the id 0. With `hash_size` there is no vocabulary: an n-gram's id is a hash of
    it, nothing is learned, and texts need not fit into memory. Then different n-grams may share an
    id, and an id cannot be decoded.

    Args:
        word_ngrams: words of the longest n-gram.
        character_ngrams: characters of the longest n-gram within a word, from 2 on; None for no
            such n-grams.
        min_count: how often an n-gram has to occur in the fitting texts to have an id.
        hash_size: how many ids there are where they are hashes; None for a vocabulary.
        lower: fold to lower case first.
        filters: characters that separate words.
        max_length: None: a set has no end at which it could be cut.
        cleaning: steps before anything else.
    """

    inputs = "ngrams"
    start_id = None

    def __init__(
        self,
        word_ngrams: Annotated[int, Ge(1), Le(8)] = 3,
        character_ngrams: Annotated[int, Ge(2), Le(8)] | None = None,
        min_count: PositiveInt = 2,
        hash_size: Annotated[int, Ge(1), Le(2**31 - 1)] | None = None,
        lower: bool = True,
        filters: str = KERAS_FILTERS,
        max_length: PositiveInt | None = None,
        cleaning: Cleaning | None = None,
    ) -> None:
        if max_length is not None:
            raise InputError(
                f"data.text.max_length: {max_length} is not allowed with n-grams, a set without an"
                " end that could be cut; allowed: null"
            )
        super().__init__(None, "post", "post", "longest", 0, cleaning)
        self.word_ngrams = word_ngrams
        self.character_ngrams = character_ngrams
        self.min_count = min_count
        self.hash_size = hash_size
        self.lower = lower
        self.filters = filters
        self.oov_id = None if hash_size else 0
        self._splitter = WordSplitter(lower, filters, self.cleaning)
        self._numbers: CountedNgrams | HashedNgrams = (
            HashedNgrams(word_ngrams, character_ngrams, hash_size)
            if hash_size
            else CountedNgrams(word_ngrams, character_ngrams, min_count)
        )

    @property
    def vocab_size(self) -> int:
        """The number of ids."""
        return self._numbers.size

    def fit(self, texts: Iterable[str]) -> None:
        """Learn which n-grams of `texts` occur often enough."""
        if self.hash_size is None:
            self._numbers.fit(self._splitter.number(texts))

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the ids of all texts one after the other, and where each begins."""
        words = self._splitter.number(texts)
        found = [*self._numbers.find(words)]
        ids = np.concatenate([kind.ids for kind in found])
        in_text = words.texts[np.concatenate([kind.ends for kind in found])]
        distinct, counts = as_sets(in_text, ids, len(texts))
        return distinct, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def locate(self, text: str) -> list[Word]:
        """Find the words of the text; the places of one are those of all n-grams that it is in.

        A place stands there once for each time that the word is part of that n-gram.
        """
        ids, _ = self.encode([text])
        spans = [*self._splitter.locate(text)]
        places: list[list[int]] = [[] for _ in spans]
        for found in self._numbers.find(self._splitter.number([text])):
            own = np.searchsorted(ids, found.ids).tolist()
            for end, place in zip(found.ends.tolist(), own, strict=True):
                for word in range(end - found.length + 1, end + 1):
                    places[word].append(place)
        return [Word(*span, tuple(own)) for span, own in zip(spans, places, strict=True)]

    def decode(self, token_ids: Iterable[int]) -> str:
        """List the n-grams, with bars between them."""
        return " | ".join(map(self._numbers.spell, token_ids))

    def options(self) -> dict[str, Option]:
        """Return the constructor's arguments that change the ids."""
        return {
            "word_ngrams": self.word_ngrams,
            "character_ngrams": self.character_ngrams,
            "min_count": self.min_count,
            "hash_size": self.hash_size,
            "lower": self.lower,
            "filters": self.filters,
        }

    def learned(self) -> Learned:
        """Return the vocabulary; nothing where ids are hashes."""
        return self._numbers.learned()

    def restore(self, learned: Mapping[str, str]) -> None:
        """Take over the vocabulary."""
        self._numbers.restore(learned)

    def state(self) -> EncoderState:
        """Return what `from_state` needs; a set has no layout."""
        return {**super().state(), "layout": {}}
