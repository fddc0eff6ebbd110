"""A checkpoint is opened with data of its classes, or refused in one line."""

import copy
from pathlib import Path
from typing import Any

import pytest
from tests import handmade

from reviewlab.config.compose import compose_config
from reviewlab.data.demo import DemoDataModule
from reviewlab.evaluation.checkpoint import (
    NO_SPLIT,
    encode_for,
    load_checkpoint,
    open_with_training_data,
    same_split,
    with_changes,
)
from reviewlab.exceptions import InputError
from reviewlab.text.words import WordEncoder

STARS = ("1", "2", "3", "4", "5")
NODE = {"reviews": 300, "text": {"max_length": 20, "padding": "post"}}


def test_changes_reach_the_keys_they_name_and_no_others() -> None:
    before = copy.deepcopy(NODE)
    changed = with_changes(NODE, {"data.text.padding": "pre", "data.reviews": 7})
    assert changed == {"reviews": 7, "text": {"max_length": 20, "padding": "pre"}}
    assert before == NODE
    with pytest.raises(InputError, match=r"^data\.reveiws: no such key; did you mean"):
        with_changes(NODE, {"data.reveiws": 7})


def test_data_are_encoded_as_the_classifier_reads_them() -> None:
    made = handmade.classifier(STARS)
    data = encode_for(made, DemoDataModule(WordEncoder(), reviews=300), "test")
    ids, _ = made.text_encoder.encode(data.read_split("test").texts)
    assert data.corpus("test").ids.tolist() == ids.tolist()


@pytest.mark.parametrize(
    ("labels", "options", "line"),
    [
        (
            STARS[::-1],
            {},
            "data: has the labels 1, 2, 3, 4, 5; allowed: 5, 4",
        ),
        (
            STARS,
            {"test": 0},
            "split: 'test' does not exist in these data; allowed: train, validation",
        ),
    ],
)
def test_data_that_do_not_fit_are_refused(
    labels: tuple[str, ...], options: dict[str, Any], line: str
) -> None:
    data = DemoDataModule(WordEncoder(), reviews=300, **options)
    with pytest.raises(InputError) as raised:
        encode_for(handmade.classifier(labels), data, "test")
    assert str(raised.value).startswith(line)


def test_a_runs_own_data_are_split_as_they_were_for_its_training(tmp_path: Path) -> None:
    node = compose_config("evaluate", ["data=demo", "data.reviews=300"])["data"]
    path = handmade.save(handmade.classifier(STARS, data=node), tmp_path / "x.ckpt")
    opened = open_with_training_data(path, "validation")
    assert opened.as_trained
    assert opened.data_part.value("reviews") == 300
    assert len(opened.data.corpus("validation")) == 48


def test_without_a_gpu_there_is_none_to_load_onto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    path = handmade.save(handmade.classifier(), tmp_path / "x.ckpt")
    with pytest.raises(
        InputError, match=r"^device: 'cuda' is not available on this machine; allow"
    ):
        load_checkpoint(str(path), "cuda", 1)
    with pytest.raises(InputError, match=r"^checkpoint: missing"):
        load_checkpoint(None, "cpu", 1)


@pytest.mark.parametrize("name", ["demo", "imdb", "netflix", "table"])
def test_what_leaves_every_review_in_its_split(name):
    node = compose_config("evaluate", [f"data={name}"])["data"]
    assert set(node) >= NO_SPLIT - {"source"}
    moves = {"validation", "split_seed", "test", "label_rule", "split", "empty"} & set(node)
    assert all(not same_split({**node, key: "other"}, node) for key in moves)
    assert all(same_split({**node, key: "other"}, node) for key in NO_SPLIT)
    follows = {**node, "split_seed": None, "seed": node["split_seed"]}
    assert same_split(follows, node)
    assert not same_split({**follows, "seed": 7}, node)
