"""The file of a tokenizer is supported completely, or refused in one line."""

import json
from pathlib import Path

import pytest
from tests.pretrained_sources import copied
from tests.text.refusals import refusal

from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.text.state import from_state


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model": {"type": "Magic"}}'])
def test_a_damaged_tokenizer_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    assert refusal(tmp_path).startswith("data.text.source: ")


def test_a_tokenizer_without_padding_is_refused_unless_an_id_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "tokenizer_config.json").write_text("{}")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "pad_token_id": None}))
    assert "without a padding token; name an id" in refusal(folder)
    named = PretrainedTokenizer(str(folder), pad_id=4)
    named.fit([])
    assert named.pad_id == 4
    assert from_state(named.state()).pad_id == 4
