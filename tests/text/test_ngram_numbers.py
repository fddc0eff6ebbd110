"""Vocabularies of n-grams and hashes of n-grams."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.cleaning import Cleaning
from reviewlab.text.ngram_numbers import CountedNgrams, HashedNgrams, character_ngrams
from reviewlab.text.splitting import KERAS_FILTERS, NumberedWords, WordSplitter

TEXTS = ["a good film", "not a good film", "good good"]


def numbered(texts: list[str]) -> NumberedWords:
    return WordSplitter(True, KERAS_FILTERS, Cleaning()).number(texts)


def counted(min_count: int = 1, characters: int | None = None) -> CountedNgrams:
    ngrams = CountedNgrams(3, characters, min_count)
    ngrams.fit(numbered(TEXTS))
    return ngrams


def spelt(ngrams: CountedNgrams, texts: list[str]) -> Counter[str]:
    """Return the n-grams found in texts, in readable form."""
    found = ngrams.find(numbered(texts))
    return Counter(ngrams.spell(i) for kind in found for i in kind.ids.tolist())


def test_words_and_longer_ngrams_are_found() -> None:
    assert spelt(counted(), TEXTS[:1]) == Counter(
        ["a", "good", "film", "a good", "good film", "a good film"]
    )


def test_rare_ngrams_are_left_out_and_rare_words_are_unknown() -> None:
    found = spelt(counted(min_count=2), ["not a good film", "new"])
    assert found == Counter(["?", "a", "good", "film", "a good", "good film", "a good film", "?"])


def test_ngrams_never_reach_over_two_texts() -> None:
    assert "film not" not in spelt(counted(), ["a good film", "not a good film"])


def test_characters_know_where_a_word_begins_and_ends() -> None:
    assert character_ngrams(b"ab", 3) == [" a", "ab", "b ", " ab", "ab "]
    assert "' f'" in spelt(counted(characters=2), ["film"])


def test_a_vocabulary_is_taken_over() -> None:
    first = counted(min_count=2, characters=4)
    again = CountedNgrams(3, 4, 2)
    again.restore(first.learned())
    assert again.learned() == first.learned()
    assert (again.size, spelt(again, TEXTS)) == (first.size, spelt(first, TEXTS))


def test_every_id_is_spelt_differently() -> None:
    ngrams = counted(characters=3)
    spellings = [ngrams.spell(i) for i in range(ngrams.size)]
    assert len({*spellings}) == ngrams.size
    assert ngrams.spell(ngrams.size) == ngrams.spell(0) == "?"


@pytest.mark.parametrize("characters", [None, 5])
def test_equal_ngrams_have_equal_hashes_wherever_they_stand(characters: int | None) -> None:
    ngrams = HashedNgrams(2, characters, 2**20)
    alone, within = (
        {i for kind in ngrams.find(numbered([text])) for i in kind.ids.tolist()}
        for text in ("good film", "not a good film at all")
    )
    assert alone < within


@given(st.integers(1, 50), st.text(max_size=40))
def test_hashes_are_below_their_number(size: int, text: str) -> None:
    for kind in HashedNgrams(3, 3, size).find(numbered([text])):
        assert ((kind.ids >= 0) & (kind.ids < size)).all()
        assert kind.ids.dtype == np.int64


def test_words_in_another_order_have_another_hash() -> None:
    ngrams = HashedNgrams(2, None, 2**30)
    forward, backward = ([*ngrams.find(numbered([text]))][1] for text in ("a b", "b a"))
    assert forward.ids.tolist() != backward.ids.tolist()
    assert len(forward.ids) == 1
