"""A tokenizer file is read as a whole, or refused in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.pretrained_sources import copied
from tests.text.refusals import refusal

from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.text.state import from_state
from reviewlab.text.tokenizer_file import parse_tokenizer


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model": {"type": "Magic"}}'])
def test_a_damaged_tokenizer_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    assert refusal(tmp_path).startswith("data.text.source: ")


def hostile(**changes: Any) -> str:
    """Return a tokenizer's JSON with changes that make the library fail or panic."""
    model = {"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "##"}
    model |= {"max_input_chars_per_word": 9, "vocab": {"?": 0, "a": 1}}
    parts = {"version": "1.0", "added_tokens": [], "normalizer": None, "decoder": None}
    parts |= {"pre_tokenizer": None, "post_processor": None, "model": model}
    return json.dumps({**parts, **changes})


def bpe(prefix: str, *tokens: str) -> dict[str, Any]:
    vocab = {token: number for number, token in enumerate(tokens)}
    return {"type": "BPE", "continuing_subword_prefix": prefix, "vocab": vocab, "merges": []}


def template(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "TemplateProcessing", "single": parts, "pair": [], "special_tokens": {}}


HOSTILE = {
    "no unknown token": {"model": {"type": "WordLevel", "unk_token": "?", "vocab": {"a": 0}}},
    "a negative id": {"model": {**bpe("", "a"), "vocab": {"a": -1}}},
    "a short merge": {"model": {**bpe("####", "a", "b"), "merges": ["a b"]}},
    "half a character": {"model": {**bpe("x", "é", "éé"), "merges": [["é", "é"]]}},
    "a regex": {"normalizer": {"type": "Replace", "pattern": {"Regex": "("}, "content": ""}},
    "an empty map": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": ""}},
    "a map of nothing": {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAAAA=="}},
    "no length": {"pre_tokenizer": {"type": "FixedLength", "length": 0}},
    "no such token": {"post_processor": template({"SpecialToken": {"id": "X", "type_id": 0}})},
    "no such text": {"post_processor": template({"Sequence": {"id": "B", "type_id": 0}})},
    "a long strip": {"decoder": {"type": "Strip", "content": "?", "start": 10, "stop": 10}},
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_tokenizer_is_one_line_and_prints_nothing(
    changes: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tokenizer.json").write_text(hostile(**changes))
    assert " has a tokenizer.json that cannot be read (" in refusal(tmp_path, pad_id=0)
    assert capfd.readouterr() == ("", "")


def test_a_harmless_tokenizer_is_read() -> None:
    tokenizer = parse_tokenizer(hostile(), "it")
    assert tokenizer.encode("a").ids == [1]


def test_truncation_and_padding_are_left_out() -> None:
    truncation = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 5}
    padding = {"strategy": {"Fixed": 2**62}, "direction": "Right", "pad_to_multiple_of": None}
    padding |= {"pad_id": 0, "pad_type_id": 0, "pad_token": "a"}
    tokenizer = parse_tokenizer(hostile(truncation=truncation, padding=padding), "it")
    assert tokenizer.truncation is tokenizer.padding is None


def test_a_tokenizer_without_padding_is_refused_unless_an_id_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "tokenizer_config.json").write_text("{}")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "pad_token_id": None}))
    assert "without a padding token; set data.text.pad_id" in refusal(folder)
    named = PretrainedTokenizer(str(folder), pad_id=4)
    named.fit([])
    assert named.pad_id == 4
    assert from_state(named.state()).pad_id == 4
