"""Several text encoders in one: each gets back exactly its own ids."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.corpus import Corpus
from reviewlab.models.ensemble import own_batch
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder
from reviewlab.text.state import from_state
from reviewlab.text.words import WordEncoder

FITTED = ["a good film", "a dull film, so-so", "not good", "good bad ugly"] * 3
TEXTS = st.lists(
    st.lists(st.sampled_from(["good", "bad,", "film", "zorgon", "so-so"]), max_size=9).map(
        " ".join
    ),
    min_size=1,
    max_size=6,
)


def fitted(encoder: TextEncoder) -> TextEncoder:
    encoder.fit(FITTED)
    return encoder


def encoders() -> list[TextEncoder]:
    return [
        fitted(WordEncoder(max_length=4, truncation="pre")),
        fitted(BPEEncoder(num_tokens=280, max_length=6, padding="pre")),
        fitted(WordEncoder(num_words=8, max_length=7, pad_to="max_length", pad_id=3)),
    ]


def joined(**options: Any) -> JoinedTextEncoder:
    return JoinedTextEncoder.join(encoders())


def corpus_of(encoder: TextEncoder, texts: list[str]) -> Corpus:
    return Corpus.from_arrays(*encoder.encode(texts), np.zeros(len(texts)))


@given(texts=TEXTS)
def test_every_encoder_finds_the_batch_that_it_would_have_gathered(texts: list[str]) -> None:
    together, everything = joined(), np.arange(len(texts))
    batch = corpus_of(together, texts).gather(everything, together)
    for encoder, first in zip(together.encoders, together.firsts, strict=False):
        own = corpus_of(encoder, texts).gather(everything, encoder)
        ids, mask = own_batch(encoder, first, batch.inputs.token_ids, batch.inputs.mask)
        assert torch.equal(ids, own.inputs.token_ids)
        assert torch.equal(mask, own.inputs.mask)


@given(texts=TEXTS)
def test_ids_are_below_the_size_of_the_vocabulary(texts: list[str]) -> None:
    together = joined()
    ids, offsets = together.encode(texts)
    assert (ids.dtype, offsets.dtype) == (np.int32, np.int64)
    assert (offsets[0], offsets[-1], len(offsets)) == (0, len(ids), len(texts) + 1)
    assert all(0 < token < together.vocab_size for token in ids.tolist())


def test_what_is_restored_gives_the_same_ids() -> None:
    together = joined()
    again = from_state(together.state())
    assert again.state() == together.state()
    for one, other in zip(again.encode(FITTED), together.encode(FITTED), strict=True):
        assert np.array_equal(one, other)


def test_words_of_all_encoders_are_one_where_they_overlap() -> None:
    together = joined()
    text = "so-so film"
    ids, _ = together.encode([text])
    words = together.locate(text)
    spelled = [text[word.start : word.end] for word in words]
    assert "".join(spelled) == "so-sofilm"
    places = [place for word in words for place in word.places]
    assert len({*places}) == len(places)
    film = together.decode(ids[[*words[-1].places]].tolist())
    assert film.count("film") == 3


def test_a_word_that_every_encoder_cuts_off_has_no_place() -> None:
    short = [fitted(WordEncoder(max_length=2)), fitted(WordEncoder(max_length=3, num_words=9))]
    *_, last = JoinedTextEncoder.join(short).locate("good bad film")
    assert last.places == ()


def test_a_blank_stays_in_the_range_of_its_encoder() -> None:
    together = joined()
    ids, _ = together.encode(["good film"])
    firsts = np.array(together.firsts)
    blanks = together.blanks(ids)
    own = np.searchsorted(firsts, ids, "right")
    assert np.array_equal(np.searchsorted(firsts, blanks, "right"), own)
    pads = np.array([encoder.pad_id for encoder in together.encoders])
    assert np.array_equal(blanks - firsts[own - 1], pads[own - 1])


def test_fitting_fits_every_encoder() -> None:
    together = JoinedTextEncoder.join([WordEncoder(), WordEncoder(num_words=6)])
    together.fit(text for text in FITTED)
    assert [encoder.vocab_size for encoder in together.encoders] == [
        fitted(WordEncoder()).vocab_size,
        6,
    ]


@pytest.mark.parametrize("text", ["", "!!!"])
def test_the_first_encoder_tells_which_texts_are_empty(text: str) -> None:
    cleaning = Cleaning(strip_punctuation=True)
    first = fitted(WordEncoder(cleaning=cleaning))
    together = JoinedTextEncoder.join([first, fitted(WordEncoder())])
    assert together.clean(text) == first.clean(text)
    assert together.locate("") == []
