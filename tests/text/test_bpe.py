"""With byte pairs, nothing is lost and nothing is out of vocabulary."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.exceptions import InputError
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.state import from_state

TEXTS = ["this film was just brilliant", "this film was just dreadful", "brilliant, brilliant"] * 5


@pytest.fixture(scope="module")
def encoder():
    encoder = BPEEncoder(num_tokens=288)
    encoder.fit(TEXTS)
    return encoder


def rows(encoder, texts):
    ids, offsets = encoder.encode(texts)
    assert ids.dtype == np.int32 and offsets.dtype == np.int64
    return [row.tolist() for row in np.split(ids, offsets[1:-1])]


@given(text=st.text())
def test_any_text_comes_back(encoder, text):
    (ids,) = rows(encoder, [text])
    assert ids[0] == 1
    assert all(2 <= i < encoder.vocab_size for i in ids[1:])
    assert encoder.decode(ids) == text


def test_frequent_words_become_one_token_and_the_size_is_kept(encoder):
    assert encoder.vocab_size == 288
    assert [encoder.decode([i]) for i in rows(encoder, ["this film"])[0][1:]] == ["this", " film"]


def test_where_nothing_is_left_to_join_there_are_fewer_ids():
    small = BPEEncoder(num_tokens=5000)
    small.fit(["ab ab"])
    assert 258 < small.vocab_size < 265


def test_training_twice_learns_the_same(encoder):
    again = BPEEncoder(num_tokens=288)
    again.fit(TEXTS)
    assert again.learned() == encoder.learned()


def test_an_encoder_comes_back_from_its_state_through_json(encoder):
    copy = from_state(json.loads(json.dumps(encoder.state())))
    assert copy.state() == encoder.state()
    assert rows(copy, TEXTS) == rows(encoder, TEXTS)


@pytest.mark.parametrize("text", ["[PAD]", "[START]", "</s>", "<unk>"])
def test_a_review_cannot_spell_a_special_id(encoder, text):
    assert min(rows(encoder, [text])[0][1:]) >= 2
    assert encoder.decode(rows(encoder, [text])[0]) == text


@pytest.mark.parametrize("text", ["", "😀", "\x00", "x" * 1_000_000])
def test_a_strange_review_still_encodes(encoder, text):
    assert encoder.decode(rows(encoder, [text])[0]) == text


def test_a_lone_surrogate_becomes_a_question_mark(encoder):
    assert encoder.decode(rows(encoder, ["a\ud800b"])[0]) == "a?b"


def test_special_ids_make_room_for_themselves():
    encoder = BPEEncoder(num_tokens=280, start_id=None, pad_id=4)
    encoder.fit(TEXTS)
    ids = rows(encoder, TEXTS)
    assert min(map(min, ids)) >= 5 and encoder.vocab_size == 280
    assert encoder.decode([4, *ids[0], 4]) == TEXTS[0]
    assert rows(encoder, [""]) == [[]]


def test_cleaning_comes_first():
    encoder = BPEEncoder(num_tokens=300, cleaning=Cleaning(lower_case=True))
    encoder.fit(TEXTS)
    assert encoder.decode(rows(encoder, ["This FILM"])[0]) == "this film"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"start_id": 0}, r"data\.text\.start_id: 0"),
        ({"num_tokens": 258, "start_id": 9}, r"data\.text\.num_tokens: 258 .* at least 266"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, line):
    with pytest.raises(InputError, match=line):
        BPEEncoder(**options)
