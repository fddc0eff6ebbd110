"""Keras' encoding of words, compared with a reference written from its documentation."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.corpus import Corpus
from reviewlab.exceptions import InputError
from reviewlab.nn import MultiHot
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.state import from_state
from reviewlab.text.words import KERAS_FILTERS, WordEncoder

TEXTS = st.lists(st.text(st.characters() | st.sampled_from("aAbB .,\n\x00\x0b"), max_size=30))


def reference(fitted, texts, num_words=None, start=(1,)):
    """Encode each text, in ten lines of str and dict."""
    table = str.maketrans(dict.fromkeys(KERAS_FILTERS, " "))

    def split(text):
        return [word for word in text.lower().translate(table).split(" ") if word]

    counts = Counter(word for text in fitted for word in split(text))
    ids = {word: rank for rank, (word, _) in enumerate(counts.most_common(), start=4)}
    limit = num_words or len(ids) + 4
    known = {word: i for word, i in ids.items() if i < limit}
    return [[*start, *(known.get(word, 2) for word in split(text))] for text in texts]


def rows(encoder: TextEncoder, texts):
    ids, offsets = encoder.encode(texts)
    assert ids.dtype == np.int32 and offsets.dtype == np.int64
    assert offsets[0] == 0 and offsets[-1] == len(ids) and len(offsets) == len(texts) + 1
    return [row.tolist() for row in np.split(ids, offsets[1:-1])] if len(texts) else []


@given(fitted=TEXTS, texts=TEXTS, num_words=st.none() | st.integers(5, 12))
def test_any_text_gets_the_ids_that_keras_would_give_it(fitted, texts, num_words):
    encoder = WordEncoder(num_words=num_words)
    encoder.fit(fitted)
    assert rows(encoder, texts) == reference(fitted, texts, num_words)
    assert all(0 <= i < encoder.vocab_size for row in rows(encoder, texts) for i in row)


@given(texts=TEXTS)
def test_without_a_start_id_only_words_remain(texts):
    encoder = WordEncoder(start_id=None)
    encoder.fit(texts)
    assert rows(encoder, texts) == reference(texts, texts, start=())


@given(texts=TEXTS)
def test_what_is_decoded_encodes_to_the_same_ids(texts):
    encoder = WordEncoder()
    encoder.fit(texts)
    before = rows(encoder, texts)
    assert rows(encoder, [encoder.decode(row) for row in before]) == before


@given(texts=TEXTS, others=TEXTS)
def test_an_encoder_comes_back_from_its_state_through_json(texts, others):
    encoder = WordEncoder(num_words=9, max_length=7, padding="pre", truncation="pre")
    encoder.fit(texts)
    state = json.loads(json.dumps(encoder.state()))
    copy = from_state(state)
    assert copy.state() == encoder.state()
    assert rows(copy, others) == rows(encoder, others)


def test_words_rank_by_count_and_ties_by_first_appearance():
    encoder = WordEncoder()
    encoder.fit(["b a c", "c d a"])
    assert encoder.words == ["a", "c", "b", "d"]
    assert rows(encoder, ["d a unseen"]) == [[1, 7, 4, 2]]
    assert encoder.decode([1, 7, 4, 2, 0]) == "d a ?"


def test_num_words_counts_the_special_ids():
    encoder = WordEncoder(num_words=6)
    encoder.fit(["a a a b b c"])
    assert encoder.words == ["a", "b"]
    assert encoder.vocab_size == 6
    assert rows(encoder, ["a b c"]) == [[1, 4, 5, 2]]


def test_only_the_space_character_splits():
    encoder = WordEncoder(filters="")
    encoder.fit(["good\u00a0film good\u2003film\tgood\n"])
    assert encoder.words == ["good\u00a0film", "good\u2003film\tgood\n"]


def test_filters_outside_ascii_split_too():
    encoder = WordEncoder(filters="…é")
    encoder.fit(["on…off caféx"])
    assert encoder.words == ["on", "off", "caf", "x"]


def test_special_ids_move_with_their_options():
    encoder = WordEncoder(start_id=5, oov_id=6, pad_id=7, index_from=9)
    encoder.fit(["a b"])
    assert rows(encoder, ["b a z"]) == [[5, 11, 10, 6]]
    assert encoder.vocab_size == 12


def test_cleaning_comes_first_and_travels_in_the_state():
    encoder = WordEncoder(lower=False, cleaning=Cleaning(strip_digits=True))
    encoder.fit(["Season2Episode3"])
    assert encoder.words == ["Season", "Episode"]
    assert from_state(encoder.state()).cleaning == Cleaning(strip_digits=True)


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "\x00", "a\x00b", "\ud800", "x" * 1_000_000])
def test_a_strange_review_still_encodes(text):
    encoder = WordEncoder()
    encoder.fit([text, "plain"])
    words = [text.lower()] if text.strip() else []
    assert rows(encoder, [text, "plain"])[0] == [1, *([4] * len(words))]
    assert encoder.decode(rows(encoder, [text])[0]) == " ".join(words)


def test_a_megabyte_of_words_is_one_review():
    encoder = WordEncoder()
    encoder.fit(["good bad "])
    assert len(rows(encoder, ["good bad " * 120_000])[0]) == 240_001


def test_fitting_anew_forgets_the_old_words():
    encoder = WordEncoder()
    encoder.fit(["a a b"])
    encoder.fit(["c"])
    assert rows(encoder, ["a c"]) == [[1, 2, 4]]


def test_the_layout_is_no_part_of_the_fingerprint():
    plain = WordEncoder(num_words=50)
    laid_out = WordEncoder(num_words=50, max_length=9, padding="pre", truncation="pre")
    assert plain.fingerprint_options() == laid_out.fingerprint_options()
    assert plain.fingerprint_options() != WordEncoder(num_words=51).fingerprint_options()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"oov_id": 4}, r"data\.text\.oov_id: 4 .*at most 3 \(data\.text\.index_from\)"),
        (
            {"start_id": 2},
            r"special ids must differ, but some are equal: pad_id=0, oov_id=2, start_id=2",
        ),
        ({"num_words": 2}, r"oov_id: 2 is too large; .*less than 2 \(data\.text\.num_words\)"),
        ({"num_words": 4}, r"data\.text\.num_words: 4 leaves no id for a word; allowed: 5 or more"),
        ({"pad_to": "max_length"}, r"data\.text\.pad_to: 'max_length' needs .*max_length"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, line):
    with pytest.raises(InputError, match=line):
        WordEncoder(**options)


@pytest.mark.parametrize(
    "state", [{"name": "Pickle"}, {}, {"name": "WordEncoder"}, {"name": ["WordEncoder"]}]
)
def test_a_foreign_state_is_refused(state):
    with pytest.raises(InputError, match="text encoder"):
        from_state(state)


def test_a_damaged_state_is_refused():
    state = WordEncoder().state() | {"learned": {"words": 7}}
    with pytest.raises(InputError, match="WordEncoder cannot be read"):
        from_state(state)


@given(texts=st.lists(st.text(alphabet="ab c", max_size=12), max_size=5))
def test_distinct_keeps_each_id_once_in_rising_order(texts: list[str]) -> None:
    every, once = WordEncoder(), WordEncoder(distinct=True)
    for encoder in (every, once):
        encoder.fit(texts)
    ids, offsets = every.encode(texts)
    wanted = [sorted(set(ids[begin:end].tolist())) for begin, end in pairwise(offsets)]
    ids, offsets = once.encode(texts)
    assert [ids[begin:end].tolist() for begin, end in pairwise(offsets)] == wanted


def test_multi_hot_sees_nothing_of_distinct() -> None:
    texts = ["good good film", "", "bad film, bad bad", "good"]
    rows = []
    for encoder in (WordEncoder(), WordEncoder(distinct=True)):
        encoder.fit(texts)
        ids, offsets = encoder.encode(texts)
        batch = Corpus.from_arrays(ids, offsets, np.zeros(4)).gather(np.arange(4), encoder)
        rows.append(MultiHot(encoder.vocab_size)(*batch.inputs))
    assert torch.equal(*rows)
