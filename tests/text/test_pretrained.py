"""The tokenizer of a pretrained model adds its special tokens, and truncation keeps them."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pretrained_sources import LAYOUTS, Layout, copied, source
from tests.text.refusals import refusal

from reviewlab.text.cleaning import Cleaning
from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.text.state import from_state

TEXT = "A GOOD film, unbelievably bright: the best!"
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def tokenizer(layout: Layout = "bert", **options: Any) -> PretrainedTokenizer:
    made = PretrainedTokenizer(source(layout), **options)
    made.fit([])
    return made


def rows(encoder: PretrainedTokenizer, texts: list[str]) -> list[list[int]]:
    ids, offsets = encoder.encode(texts)
    return [ids[a:b].tolist() for a, b in pairwise(offsets)]


@every_layout
def test_ids_are_those_of_the_library_that_people_use(layout: Layout) -> None:
    from transformers import PreTrainedTokenizerFast

    theirs = PreTrainedTokenizerFast(tokenizer_file=f"{source(layout)}/tokenizer.json")
    texts = [TEXT, "", "dull", "ÜBER 3 filme\t!"]
    assert rows(tokenizer(layout), texts) == [theirs(text)["input_ids"] for text in texts]


@every_layout
@pytest.mark.parametrize("truncation", ["post", "pre"])
def test_a_long_review_keeps_the_special_tokens_at_both_ends(
    layout: Layout, truncation: Any
) -> None:
    whole = rows(tokenizer(layout), [TEXT])[0]
    cut = rows(tokenizer(layout, max_length=6, truncation=truncation), [TEXT])[0]
    words = whole[1:-1]
    middle = words[:4] if truncation == "post" else words[-4:]
    assert cut == [whole[0], *middle, whole[-1]]


def test_what_the_file_says_of_truncation_is_not_taken_over() -> None:
    file = json.loads(Path(source("bert"), "tokenizer.json").read_text(encoding="utf-8"))
    assert file["truncation"]["max_length"] == 6
    assert len(rows(tokenizer(), [TEXT])[0]) > 6


@every_layout
def test_padding_and_unknown_words_have_the_ids_of_the_file(layout: Layout) -> None:
    encoder = tokenizer(layout)
    assert encoder.pad_id == (1 if layout == "roberta" else 0)
    assert encoder.oov_id == (None if layout == "roberta" else 1)
    assert encoder.start_id is None


@every_layout
def test_words_are_found_where_they_were_written(layout: Layout) -> None:
    encoder = tokenizer(layout)
    words = encoder.locate(TEXT)
    spelt = [TEXT[word.start : word.end] for word in words]
    assert spelt[:3] == ["A", "GOOD", "film"]
    assert spelt[-2:] == ["best", "!"]
    ids = rows(encoder, [TEXT])[0]
    assert [place for word in words for place in word.places] == list(range(1, len(ids) - 1))


@every_layout
@pytest.mark.parametrize("truncation", ["post", "pre"])
def test_a_word_that_is_cut_off_has_no_places(layout: Layout, truncation: Any) -> None:
    text = "good bad film slow dull plot good bad film slow dull plot worth"
    encoder = tokenizer(layout, max_length=7, truncation=truncation)
    words = encoder.locate(text)
    assert [text[word.start : word.end] for word in words] == text.split()
    places = [place for word in words for place in word.places]
    assert places == [1, 2, 3, 4, 5]
    cut = words[-1 if truncation == "post" else 0]
    assert cut.places == ()


@every_layout
@given(text=st.text())
def test_every_id_that_is_not_special_belongs_to_one_word_at_most(
    layout: Layout, text: str
) -> None:
    encoder = tokenizer(layout)
    (ids,) = rows(encoder, [text])
    words = encoder.locate(text)
    places = [place for word in words for place in word.places]
    assert len(places) == len(set(places))
    assert {0, len(ids) - 1}.isdisjoint(places)
    for word in words:
        assert 0 <= word.start < word.end <= len(text)
        assert not text[word.start : word.end].isspace()


def test_words_are_found_in_a_text_that_was_cleaned() -> None:
    text = "It's GOOD…   very\tGOOD"
    encoder = tokenizer(cleaning=Cleaning(strip_punctuation=True, strip_space=True))
    spelt = [text[word.start : word.end] for word in encoder.locate(text)]
    assert spelt == ["It's", "GOOD", "very", "GOOD"]


@pytest.mark.parametrize("text", ["[SEP]", "good [PAD] film", "[CLS][MASK]"])
def test_a_review_cannot_spell_a_special_token(text: str) -> None:
    encoder = tokenizer()
    assert not {0, 2, 3, 4} & {*rows(encoder, [text])[0][1:-1]}


@every_layout
def test_it_comes_back_from_its_state_without_its_source(layout: Layout, tmp_path: Path) -> None:
    folder = copied(tmp_path, layout)
    encoder = PretrainedTokenizer(str(folder), max_length=6)
    encoder.fit([])
    expected = rows(encoder, [TEXT])
    state = json.loads(json.dumps(encoder.state()))
    shutil.rmtree(folder)
    again = from_state(state)
    assert isinstance(again, PretrainedTokenizer)
    assert rows(again, [TEXT]) == expected
    assert again.state() == state
    assert (again.pad_id, again.oov_id, again.vocab_size) == (
        encoder.pad_id,
        encoder.oov_id,
        encoder.vocab_size,
    )


def test_the_place_of_the_source_is_no_part_of_the_fingerprint(tmp_path: Path) -> None:
    moved = PretrainedTokenizer(str(copied(tmp_path)))
    assert moved.fingerprint_options() == tokenizer().fingerprint_options()
    assert tokenizer("roberta").fingerprint_options() != moved.fingerprint_options()
    assert tokenizer(max_length=9).fingerprint_options() != moved.fingerprint_options()


def test_decoding_leaves_special_tokens_out() -> None:
    encoder = tokenizer()
    assert encoder.decode(rows(encoder, ["good film"])[0]) == "good film"
    assert encoder.decode([2]) == ""


def test_there_has_to_be_room_for_a_word() -> None:
    assert "at least 3, or null" in refusal(source(), max_length=2)
    assert "data.text.pad_to" in refusal(source(), pad_to="max_length")
