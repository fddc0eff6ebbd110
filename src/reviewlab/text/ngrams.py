"""Encode a text as its set of n-grams: word n-grams, and character n-grams within words."""

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
    """Encodes a text as the ids of the n-grams that occur in it, each once, in ascending order.

    Words are split as in `WordEncoder`. Character n-grams stay within a word, and mark its
    beginning and end. N-grams outside the vocabulary are dropped, except for single words, which
    all get the id 0. With `hash_size` there is no vocabulary: the id of an n-gram is its hash,
    nothing is learned, and the texts need not fit into memory; but n-grams may share an id, and ids
    cannot be decoded.

    Args:
        word_ngrams: length of the longest word n-grams.
        character_ngrams: length of the longest character n-grams (the shortest have length 2); None
            for no character n-grams.
        min_count: minimum count of an n-gram in the texts that the vocabulary is learned from.
        hash_size: number of ids if n-grams are hashed; None to learn a vocabulary.
        lower: convert to lower case first.
        filters: characters that separate words.
        max_length: None, the only value allowed: n-grams are unordered and cannot be truncated.
        cleaning: steps applied to a text before anything else; None for none.

    Raises:
        InputError: `max_length` is not None.
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
                f"data.text.max_length: {max_length} cannot be used with n-grams: they are"
                " unordered, so there is nothing to truncate; allowed: null"
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
        """Number of ids."""
        return self._numbers.size

    def fit(self, texts: Iterable[str]) -> None:
        """Learn the n-grams that occur at least `min_count` times in `texts`."""
        if self.hash_size is None:
            self._numbers.fit(self._splitter.number(texts))

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the concatenated ids of all texts, and their offsets."""
        words = self._splitter.number(texts)
        kinds = [*self._numbers.find(words)]
        ids = np.concatenate([kind.ids for kind in kinds])
        in_text = words.texts[np.concatenate([kind.ends for kind in kinds])]
        distinct, counts = as_sets(in_text, ids, len(texts))
        return distinct, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def locate(self, text: str) -> list[Word]:
        """Find the words of the text, each with the positions of all n-grams that contain it.

        If a word is in several occurrences of an n-gram, the n-gram's position is repeated.
        """
        ids, _ = self.encode([text])
        spans = [*self._splitter.locate(text)]
        places: list[list[int]] = [[] for _ in spans]
        for kind in self._numbers.find(self._splitter.number([text])):
            own = np.searchsorted(ids, kind.ids).tolist()
            for end, place in zip(kind.ends.tolist(), own, strict=True):
                for word in range(end - kind.length + 1, end + 1):
                    places[word].append(place)
        return [Word(*span, tuple(own)) for span, own in zip(spans, places, strict=True)]

    def decode(self, token_ids: Iterable[int]) -> str:
        """List the n-grams, separated by bars."""
        return " | ".join(map(self._numbers.spell, token_ids))

    def options(self) -> dict[str, Option]:
        """Return the constructor arguments that change the ids."""
        return {
            "word_ngrams": self.word_ngrams,
            "character_ngrams": self.character_ngrams,
            "min_count": self.min_count,
            "hash_size": self.hash_size,
            "lower": self.lower,
            "filters": self.filters,
        }

    def learned(self) -> Learned:
        """Return the vocabulary; an empty dictionary if the ids are hashes."""
        return self._numbers.learned()

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore the vocabulary."""
        self._numbers.restore(learned)

    def state(self) -> EncoderState:
        """Return the state that `text.state.from_state` restores; n-grams have no layout."""
        return {**super().state(), "layout": {}}
