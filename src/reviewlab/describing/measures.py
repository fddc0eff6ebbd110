"""Measure the lengths of reviews, and the share of held-out words that are unknown."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reviewlab.describing.description import LengthFacts, Lengths, UnknownWords
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

SIZES = (1_000, 5_000, 10_000, 20_000)
"""Values of `data.text.num_words` to measure, besides the one that is set and all words."""


def measure_lengths(texts: Sequence[str], encoder: TextEncoder) -> Lengths:
    """Measure the lengths of texts.

    Args:
        texts: texts of the reviews; at least one.
        encoder: the fitted text encoder.
    """
    words = np.array([len(text.split()) for text in texts], np.int64)
    tokens = np.diff(encoder.encode(texts)[1])
    most = encoder.max_length
    cut = 0 if most is None else int(np.count_nonzero(tokens > most))
    return Lengths(_summarise(words), _summarise(tokens), most, cut, cut / len(tokens))


def measure_unknown_words(
    encoder: TextEncoder, fitting: Sequence[str], held_out: Mapping[str, Sequence[str]]
) -> list[UnknownWords]:
    """Measure the share of unknown words for vocabularies of several sizes.

    Args:
        encoder: the text encoder, which splits texts into words.
        fitting: texts that the vocabulary is learned from.
        held_out: maps each held-out split to its texts.

    Returns:
        One entry per vocabulary size, smallest first; the last vocabulary has every word. The list
        is empty if no word can be unknown, or nothing is held out.
    """
    if not isinstance(encoder, WordEncoder) or not held_out:
        return []
    every = _with_every_word(encoder)
    every.fit(fitting)
    ids = {name: every.encode(texts)[0] for name, texts in held_out.items()}
    own = encoder.num_words
    if own is not None and own >= every.vocab_size:
        own = None
    sizes = sorted(size for size in {*SIZES, own or SIZES[0]} if size < every.vocab_size)
    return [_measure(every, size, size == own, ids) for size in (*sizes, None)]


def _with_every_word(encoder: WordEncoder) -> WordEncoder:
    """Return an encoder that splits texts in the same way, but has an id for every word."""
    return WordEncoder(
        num_words=None,
        lower=encoder.lower,
        filters=encoder.filters,
        start_id=None,
        oov_id=encoder.oov_id,
        index_from=encoder.index_from,
        pad_id=encoder.pad_id,
        cleaning=encoder.cleaning,
    )


def _measure(
    every: WordEncoder, num_words: int | None, is_set: bool, ids: Mapping[str, NDArray[np.int32]]
) -> UnknownWords:
    """Measure the share of held-out words outside a vocabulary.

    Args:
        every: an encoder with an id for every word.
        num_words: number of ids in the vocabulary; None for every word.
        is_set: True if training would use this vocabulary.
        ids: maps each held-out split to the ids of its words.
    """
    limit = num_words or every.vocab_size
    unknown = {
        name: float(np.mean((words == every.oov_id) | (words >= limit))) if len(words) else 0.0
        for name, words in ids.items()
    }
    return UnknownWords(num_words, is_set, max(limit - every.index_from - 1, 0), unknown)


def _summarise(lengths: NDArray[np.int64]) -> LengthFacts:
    median, percentile_95 = np.percentile(lengths, [50, 95]).tolist()
    return LengthFacts(float(lengths.mean()), median, percentile_95, int(lengths.max()))
