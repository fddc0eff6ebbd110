"""Every encoder locates the words of a text as written, before cleaning."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

EVERY = [Cleaning(*options) for options in product([False, True], repeat=4)]
ALL = Cleaning(True, True, True, True)
ANY = st.text(st.characters() | st.sampled_from("aAbB .,'\n\t\x00İΣ…3"))
FITTED = ["this film was just brilliant", "don't, so-so"] * 5


def shown(encoder: TextEncoder, text: str) -> list[str]:
    return [text[word.start : word.end] for word in encoder.locate(text)]


def fitted(encoder: TextEncoder) -> TextEncoder:
    encoder.fit(FITTED)
    return encoder


ENCODERS = [
    fitted(WordEncoder()),
    fitted(WordEncoder(start_id=None, lower=False, filters="…-]^", cleaning=ALL)),
    fitted(WordEncoder(distinct=True)),
    fitted(WordEncoder(distinct=True, start_id=None)),
    fitted(BPEEncoder(num_tokens=288)),
    fitted(BPEEncoder(num_tokens=288, start_id=None, cleaning=ALL)),
]


@pytest.mark.parametrize("cleaning", EVERY)
@given(text=ANY)
def test_every_character_of_a_cleaned_text_comes_from_one_of_the_text(cleaning, text):
    cleaned, places = cleaning.traced(text)
    assert cleaned == cleaning(text)
    assert len(places) == len(cleaned)
    assert places == sorted(places)
    for character, place in zip(cleaned, places, strict=True):
        origin = text[place]
        # A small sigma at the end of a word is another letter than one by itself.
        assert character in " ς" or character == origin or character in origin.lower()


@pytest.mark.parametrize("encoder", ENCODERS)
@given(text=ANY)
def test_every_id_but_the_start_belongs_to_a_word(encoder, text):
    ids, _ = encoder.encode([text])
    words = encoder.locate(text)
    claimed = {place for word in words for place in word.places}
    starts = [] if encoder.start_id is None else [*np.flatnonzero(ids == encoder.start_id)]
    assert claimed == {*range(len(ids))} - {*starts}
    for word in words:
        assert 0 <= word.start < word.end <= len(text)
    assert [w.start for w in words] == sorted(w.start for w in words)


@pytest.mark.parametrize("encoder", ENCODERS[:4])
def test_a_word_alone_has_the_id_that_it_has_in_the_text(encoder):
    text = "This FILM was… zorgon, zorgon! so-so"
    ids, _ = encoder.encode([text])
    for word in encoder.locate(text):
        (place,) = word.places
        alone, _ = encoder.encode([text[word.start : word.end]])
        assert ids[place] in alone


def test_the_words_keep_their_spelling():
    text = "  Don't:\tGRÖẞE was so-so… İstanbul!"
    cleaned = fitted(WordEncoder(cleaning=ALL))
    assert shown(cleaned, text) == ["Don't", "GRÖẞE", "was", "so", "so", "İstanbul"]
    pieces = fitted(BPEEncoder(num_tokens=288))
    assert shown(pieces, " This film😀, wow") == ["This", "film", "😀,", "wow"]


def test_words_with_one_id_share_its_place_where_ids_are_distinct():
    encoder = fitted(WordEncoder(distinct=True))
    film, was, again, unknown, other = encoder.locate("film was film zorgon blarg")
    assert film.places == again.places != was.places
    assert unknown.places == other.places
