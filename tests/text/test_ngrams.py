"""Texts as sets of n-grams, checked against a plain loop over words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewlab.exceptions import InputError
from reviewlab.text.ngrams import NgramEncoder

WORDS = st.lists(st.sampled_from(["good", "bad", "film", "not"]), max_size=7).map(" ".join)
FITTED = ["not a good film", "a good film", "bad film, bad acting"]


def fitted(**options: int | None) -> NgramEncoder:
    encoder = NgramEncoder(**options)  # type: ignore[arg-type]
    encoder.fit(FITTED)
    return encoder


def plain(text: str, longest: int) -> set[str]:
    words = text.split()
    return {
        " ".join(words[begin : begin + length])
        for length in range(1, longest + 1)
        for begin in range(len(words) - length + 1)
    }


@settings(deadline=None)
@given(st.lists(WORDS, max_size=5), st.integers(1, 4))
def test_ids_are_the_distinct_ngrams_in_rising_order(texts: list[str], longest: int) -> None:
    encoder = NgramEncoder(word_ngrams=longest, min_count=1)
    encoder.fit(texts)
    ids, offsets = encoder.encode(texts)
    for number, text in enumerate(texts):
        own = ids[offsets[number] : offsets[number + 1]]
        assert (np.diff(own) > 0).all()
        assert {*encoder.decode(own.tolist()).split(" | ")} - {""} == plain(text, longest)


def test_case_and_punctuation_are_those_of_words() -> None:
    encoder = fitted(min_count=1)
    for made, wanted in zip(
        encoder.encode(["A GOOD film!"]), encoder.encode(["a good film"]), strict=True
    ):
        np.testing.assert_array_equal(made, wanted)


def test_all_unknown_words_are_one_id() -> None:
    encoder = fitted(min_count=2)
    ids, offsets = encoder.encode(["never seen before", ""])
    assert ids.tolist() == [encoder.oov_id] == [0]
    assert offsets.tolist() == [0, 1, 1]


def test_the_places_of_a_word_are_those_of_every_ngram_that_it_is_in() -> None:
    encoder = fitted(min_count=1, word_ngrams=2)
    text = "A good, good film"
    ids, _ = encoder.encode([text])
    spelt = [
        (text[word.start : word.end], [encoder.decode([ids[place]]) for place in word.places])
        for word in encoder.locate(text)
    ]
    assert spelt == [
        ("A", ["a", "a good"]),
        ("good", ["good", "a good"]),
        ("good", ["good", "good film"]),
        ("film", ["film", "good film"]),
    ]


def test_hashes_need_no_fitting() -> None:
    encoder = NgramEncoder(hash_size=1000, character_ngrams=3)
    ids, _ = encoder.encode(["never seen before"])
    assert (encoder.vocab_size, encoder.oov_id, encoder.learned()) == (1000, None, {})
    assert len(ids) > 6 and ids.max() < 1000


def test_a_length_is_refused() -> None:
    with pytest.raises(InputError, match=r"^data\.text\.max_length: 100 cannot be used with n-g"):
        NgramEncoder(max_length=100)


def test_texts_without_a_frequent_word_leave_one_id() -> None:
    encoder = NgramEncoder(min_count=5)
    encoder.fit(FITTED)
    assert encoder.vocab_size == 1
    assert encoder.encode(FITTED)[0].tolist() == [0, 0, 0]
