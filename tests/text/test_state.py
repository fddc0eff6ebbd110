"""Every text encoder with a yaml file keeps the base class's promises and can be rebuilt."""

import json
from typing import Any

import numpy as np
import pytest
from tests.pretrained_sources import source

from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.signatures import locate
from reviewlab.evaluation.checkpoint import DataNode
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder
from reviewlab.text.state import from_state, text_encoders

NAMES = sorted(path.stem for path in (CONFIGS / "data" / "text").glob("*.yaml"))
FITTED = ["this film was just brilliant", "dull, so-so: it was not", "This film, again"] * 9
TEXTS = [*FITTED[:3], "", "never seen before", "ÜBER 3 filme\t!"]


def composed(name: str) -> dict[str, Any]:
    """The demo data with the encoder, configured as in its yaml file."""
    overrides = ["data=demo", f"data/text={name}"]
    if name == "pretrained":
        overrides.append(f"data.text.source={source()}")
    if name == "ngrams":  # a set cannot be cut
        overrides.append("data.text.max_length=null")
    data: dict[str, Any] = compose_config("train", overrides)["data"]
    return data


def fitted(name: str) -> TextEncoder:
    encoder = bind({"data": composed(name)}, DataNode).data.value("text").build()
    assert isinstance(encoder, TextEncoder)
    encoder.fit(FITTED)
    return encoder


def test_every_text_encoder_has_a_yaml_file() -> None:
    targets = (composed(name)["text"]["_target_"] for name in NAMES)
    # JoinedTextEncoder is built from fitted encoders, and no config selects it
    chosen = {*text_encoders().values()} - {JoinedTextEncoder}
    assert {locate(target, "text") for target in targets} == chosen


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_below_the_size_of_the_vocabulary(name: str) -> None:
    encoder = fitted(name)
    ids, starts = encoder.encode(TEXTS)
    assert (ids.dtype, starts.dtype) == (np.int32, np.int64)
    assert (starts[0], starts[-1], len(starts)) == (0, len(ids), len(TEXTS) + 1)
    assert ids.min() >= 0 and ids.max() < encoder.vocab_size
    assert encoder.pad_id < encoder.vocab_size
    assert isinstance(encoder.decode(ids.tolist()), str)


@pytest.mark.parametrize("name", NAMES)
def test_words_are_where_they_were_written(name: str) -> None:
    encoder = fitted(name)
    for text in TEXTS:
        ids, _ = encoder.encode([text])
        for word in encoder.locate(text):
            assert 0 <= word.start < word.end <= len(text)
            assert all(0 <= place < len(ids) for place in word.places)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_encoder_is_rebuilt_from_plain_types(name: str) -> None:
    encoder = fitted(name)
    again = from_state(json.loads(json.dumps(encoder.state())))
    for made, wanted in zip(again.encode(TEXTS), encoder.encode(TEXTS), strict=True):
        np.testing.assert_array_equal(made, wanted)
    assert again.state() == encoder.state()


def test_a_name_that_is_no_text_encoder_is_refused() -> None:
    for name in ("Cleaning", "TextEncoder", None):
        with pytest.raises(InputError, match=r"is unknown; allowed: .*WordEncoder"):
            from_state({"name": name})


WRONG: list[Any] = [None, -1, 2**40, "x", "", [], {}, 0.5, True]


def places(state: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """List each dictionary in a state with each of its keys."""
    inner = [value for value in state.values() if isinstance(value, dict)]
    return [(part, key) for part in (state, *inner) for key in part]


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_state_is_refused_or_can_be_used(name: str) -> None:
    """An encoder that is rebuilt encodes, and its ids are below the size of its vocabulary."""
    whole = json.dumps(fitted(name).state())
    for number in range(len(places(json.loads(whole)))):
        for wrong in WRONG:
            state = json.loads(whole)
            part, key = places(state)[number]
            part[key] = wrong
            try:
                encoder = from_state(state)
            except InputError:
                continue
            ids, _ = encoder.encode(TEXTS)
            assert len(ids) == 0 or 0 <= ids.min() <= ids.max() < max(encoder.vocab_size, 1)
            assert 0 <= encoder.pad_id < max(encoder.vocab_size, 1)


def test_ids_without_a_token_are_refused() -> None:
    """They would be looked up beyond the last vector."""
    state: Any = fitted("bpe").state()
    tokenizer = json.loads(state["learned"]["tokenizer"])
    last = max(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    tokenizer["model"]["vocab"][last] += 1000
    state["learned"]["tokenizer"] = json.dumps(tokenizer)
    with pytest.raises(InputError, match="larger id than there are tokens"):
        from_state(state)
