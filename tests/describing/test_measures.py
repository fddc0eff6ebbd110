"""Lengths in words and in tokens; unknown words for vocabularies of several sizes."""

import pytest

from reviewlab.describing.description import LengthFacts, Lengths, UnknownWords
from reviewlab.describing.measures import measure_lengths, measure_unknown_words
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.words import WordEncoder

FITTING = [" ".join(f"word{number}" for number in range(1500))]


def test_shares_are_exact_at_each_size():
    held_out = {"validation": ["word0 word995"], "test": ["word0 word996 new"]}
    assert measure_unknown_words(WordEncoder(num_words=1200), FITTING, held_out) == [
        UnknownWords(1000, False, 996, {"validation": 0.0, "test": 2 / 3}),
        UnknownWords(1200, True, 1196, {"validation": 0.0, "test": 1 / 3}),
        UnknownWords(None, False, 1500, {"validation": 0.0, "test": 1 / 3}),
    ]


@pytest.mark.parametrize("num_words", [None, 1504, 10_000])
def test_a_size_that_keeps_every_word_is_that_of_all_words(num_words):
    facts = measure_unknown_words(WordEncoder(num_words), FITTING, {"test": ["new word1"]})
    assert [(each.num_words, each.is_set) for each in facts] == [(1000, False), (None, True)]
    assert facts[-1].unknown == {"test": 0.5}


@pytest.mark.parametrize("num_words", [7, 10, 900])
def test_the_share_is_the_one_that_training_notes(num_words):
    held_out = ["word3 word4 new word800", "", "word1"]
    encoder = WordEncoder(num_words)
    encoder.fit(FITTING)
    ids, _ = encoder.encode(held_out)
    noted = (ids == encoder.oov_id).sum() / (len(ids) - len(held_out))
    facts = measure_unknown_words(encoder, FITTING, {"test": held_out})
    assert next(each for each in facts if each.is_set).unknown == {"test": noted}


def test_every_occurrence_counts_where_ids_are_distinct():
    facts = measure_unknown_words(WordEncoder(distinct=True), ["a"], {"test": ["a a new new"]})
    assert facts == [UnknownWords(None, True, 1, {"test": 0.5})]


def test_byte_pairs_know_every_word():
    assert measure_unknown_words(BPEEncoder(), FITTING, {"test": ["new"]}) == []


def test_nothing_is_measured_where_nothing_is_held_out():
    assert measure_unknown_words(WordEncoder(), FITTING, {}) == []


def test_held_out_texts_without_words_have_no_unknown_ones():
    facts = measure_unknown_words(WordEncoder(), ["a"], {"test": [""]})
    assert facts[0].unknown == {"test": 0.0}


def test_words_are_counted_as_written_and_tokens_as_encoded():
    texts = ["a", "a-b c", "a b c d"]
    encoder = WordEncoder(max_length=4)
    encoder.fit(texts)
    assert measure_lengths(texts, encoder) == Lengths(
        words=LengthFacts(mean=7 / 3, median=2, percentile_95=3.8, longest=4),
        tokens=LengthFacts(mean=11 / 3, median=4, percentile_95=4.9, longest=5),
        max_length=4,
        cut=1,
        share_cut=1 / 3,
    )


def test_nothing_is_cut_without_a_limit():
    encoder = WordEncoder()
    encoder.fit(["a b"])
    lengths = measure_lengths(["a b"], encoder)
    assert (lengths.max_length, lengths.cut, lengths.share_cut) == (None, 0, 0.0)
