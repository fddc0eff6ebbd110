"""Lengths in words and in tokens."""

from reviewlab.describing.description import LengthFacts, Lengths
from reviewlab.describing.lengths import measure_lengths
from reviewlab.text.words import WordEncoder


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
