"""N-gram tables number exactly the frequent n-grams, and pack into a short string."""

import base64
import zlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.ngram_table import MISSING, NgramTable, pack, unpack

NUM_WORDS = 4
Texts = list[list[int]]
texts_of_words = st.lists(st.lists(st.integers(MISSING, NUM_WORDS - 1), max_size=8), max_size=6)


def flat(texts: Texts) -> tuple[np.ndarray, np.ndarray]:
    words = [word for text in texts for word in text]
    numbers = [number for number, text in enumerate(texts) for _ in text]
    return np.array(words, np.int64), np.array(numbers, np.int64)


def ngrams(texts: Texts, length: int) -> list[tuple[int, ...]]:
    """Count the n-grams without an unknown word, one by one."""
    found = (
        tuple(text[begin : begin + length])
        for text in texts
        for begin in range(len(text) - length + 1)
    )
    return [gram for gram in found if MISSING not in gram]


def grown(texts: Texts, longest: int, min_count: int) -> NgramTable:
    table = NgramTable(NUM_WORDS)
    table.grow(*flat(texts), longest, min_count)
    return table


@given(texts_of_words, st.integers(1, 4), st.integers(1, 3))
def test_it_holds_the_ngrams_that_occur_often_enough(
    texts: Texts, longest: int, min_count: int
) -> None:
    table = grown(texts, longest, min_count)
    for length in range(2, longest + 1):
        counts = Counter(ngrams(texts, length))
        frequent = {gram for gram, count in counts.items() if count >= min_count}
        known = {tuple(table.words_of(length, n)) for n in range(table.sizes[length - 1])}
        assert known == frequent
        assert len(known) == table.sizes[length - 1]


@given(texts_of_words, texts_of_words)
def test_ngrams_are_found_where_they_end(fitted: Texts, texts: Texts) -> None:
    table = grown(fitted, 3, 1)
    known = [set(ngrams(fitted, length)) for length in (2, 3)]
    words, numbers = flat(texts)
    found = [*table.find(words, numbers)]
    assert np.array_equal(found[0], words)
    starts = np.cumsum([0, *map(len, texts)])
    for length in (2, 3):
        for number, text in enumerate(texts):
            for end in range(len(text)):
                gram = tuple(text[max(0, end - length + 1) : end + 1])
                own = found[length - 1][starts[number] + end]
                is_known = gram in known[length - 2]
                assert (own != MISSING) == is_known
                if is_known:
                    assert tuple(table.words_of(length, int(own))) == gram


@given(st.sets(st.integers(0, 2**62)))
def test_numbers_are_kept_in_a_text(numbers: set[int]) -> None:
    keys = np.array(sorted(numbers), np.int64)
    text = pack(keys)
    assert text.isascii()
    np.testing.assert_array_equal(unpack(text), keys)


def test_a_dense_table_takes_few_characters() -> None:
    assert len(pack(np.arange(0, 300_000, 3))) < 5_000


def test_packed_keys_may_not_unpack_to_far_more() -> None:
    packed = base64.b64encode(zlib.compress(bytes(2**25))).decode()
    with pytest.raises(ValueError, match="unpack to more"):
        unpack(packed)
    with pytest.raises(ValueError, match="truncated"):
        unpack(base64.b64encode(zlib.compress(bytes(800))[:-6]).decode())


@pytest.mark.parametrize(
    "keys", [[[-1]], [[16]], [[3, 3]], [[5, 4]], [[0], [4]], [[0, 1], [8]], [[], [0]]]
)
def test_keys_of_another_table_are_refused(keys: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="n-gram"):
        NgramTable(NUM_WORDS, [np.array(own, np.int64) for own in keys])
