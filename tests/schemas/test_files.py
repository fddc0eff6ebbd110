"""What a schema refuses the command refuses, and a mistake in one key is found by both."""

import re
from collections import Counter
from dataclasses import fields, make_dataclass
from random import Random
from typing import Any

import pytest
import yaml
from tests.schemas.generator import draw
from tests.schemas.validation import is_valid, read_yaml

from reviewlab.config.bind import bind
from reviewlab.config.check import resolve_auto
from reviewlab.config.compose import resolve
from reviewlab.config.experiment import Experiment
from reviewlab.config.part import TARGET
from reviewlab.config.sweep_request import HydraNode
from reviewlab.evaluation.checkpoint import DataNode
from reviewlab.exceptions import InputError

FILES = 2000

NODES = {f.name: make_dataclass("Node", [(f.name, f.type)]) for f in fields(Experiment)}


def is_about_one_key(message: str) -> bool:
    """Whether a refusal is for the name, the type or the range of one key.

    A missing target is none, though a key that looks like it may be guessed to be it; what package
    is installed a schema cannot know.
    """
    if re.search(r"did you mean '[\w.]*\._target_'|'somebody\.elses\.Class' is not", message):
        return False
    reasons = "no such key|it cannot be set|is not allowed|there is no"
    return re.search(reasons, message) is not None


def refusal(schema: str, content: dict[str, Any]) -> str | None:
    """Say why the command refuses a file of a group; None where it does not."""
    node = {key: value for key, value in content.items() if key != "defaults"}
    config: dict[str, Any] = {"seed": 0, "monitor": "val/loss", "mode": "min"}
    try:
        if schema == "launcher":
            bind({"launcher": node}, HydraNode, "hydra")
        elif schema == "text":
            demo = {TARGET: "reviewlab.data.demo.DemoDataModule", "text": node}
            bind({"data": resolve({**config, "data": demo})["data"]}, DataNode)
        else:
            resolved = resolve({**config, schema: node})[schema]
            bind(resolve_auto({schema: resolved}), NODES[schema])
    except InputError as error:
        return str(error)
    return None


@pytest.mark.slow
def test_a_schema_and_the_command_agree_on_files_drawn_at_random() -> None:
    random = Random(0)
    drawn: Counter[str] = Counter()
    for number in range(FILES):
        file = draw(random)
        text = yaml.safe_dump(file.content, sort_keys=False)
        content = read_yaml(text)
        message = refusal(file.schema, content)
        valid = is_valid(file.schema, content)
        case = f"file {number} of {file.schema}, {message}:\n{text}"
        if message is None:
            assert valid, case
        elif is_about_one_key(message) and "${" not in text:
            assert not valid, case
        drawn[f"{file.schema} {'taken' if message is None else 'refused'}"] += 1
    assert len(drawn) == 20
    assert min(drawn.values()) > 10


def test_whole_numbers_with_a_point_are_what_json_cannot_tell() -> None:
    content = {TARGET: "reviewlab.models.LSTMClassifier", "hidden_size": 8.0}
    assert refusal("model", content) == (
        "model.hidden_size: 8.0 is not allowed; allowed: a whole number >= 1"
    )
    assert is_valid("model", content)
    assert not is_valid("model", {**content, "hidden_size": 8.5})


def test_an_interpolation_may_stand_anywhere() -> None:
    for value in ("${seed}", "???", "${oc.env:LR,1e-3}"):
        adam = {TARGET: "torch.optim.Adam", "lr": value, "betas": [0.9, value], "amsgrad": value}
        assert is_valid("optimizer", adam)
        assert is_valid("experiment", {"optimizer": value, "seed": value})
        assert is_valid("data", {"text": value, "batch_size": value, "split": value})
    assert not is_valid("optimizer", {**adam, "amsgrad": "$seed"})


def test_a_package_that_is_not_installed_may_be_named() -> None:
    assert is_valid("model", {TARGET: "my_package.MyClassifier", "width": 3})
    assert not is_valid("model", {TARGET: "reviewlab.models.MyClassifier", "width": 3})
    assert not is_valid("model", {TARGET: "torch.optim.Adam"})


def test_without_a_target_a_node_has_the_keys_of_any() -> None:
    assert is_valid("experiment", {"model": {"widths": [2], "num_heads": 2}})
    assert not is_valid("experiment", {"model": {"widths": [0]}})
    assert not is_valid("experiment", {"model": {"width": [2]}})
    assert not is_valid("experiment", {"model": {"lora": {"rannk": 2}}})
    assert not is_valid("experiment", {"data": {"text": {"max_lenght": 2}}})
    assert is_valid("experiment", {"data": {"text": {"cleaning": {"lower_case": True}}}})


def test_a_list_of_defaults_belongs_to_a_whole_file() -> None:
    for name in ("model", "callbacks", "sweep"):
        assert is_valid(name, {"defaults": ["a", {"/text_options": None}]})
        assert not is_valid("experiment", {name: {"defaults": ["a"]}})
    assert not is_valid("data", {"text": {"defaults": ["a"]}})


def test_several_loggers_and_callbacks_that_are_off() -> None:
    csv = {TARGET: "reviewlab.training.loggers.csv"}
    assert is_valid("experiment", {"logger": {"a": csv, "b": {**csv}}})
    assert is_valid("experiment", {"logger": None, "callbacks": {"progress": None}})
    assert not is_valid("experiment", {"logger": {"a": {**csv, "flush": 1}}})


def test_a_search_and_a_sweep() -> None:
    optuna = {TARGET: "hydra_plugins.reviewlab.OptunaSweeper"}
    assert is_valid("sweeper", {**optuna, "n_trials": 3})
    assert not is_valid("sweeper", {**optuna, "n_trails": 3})
    assert not is_valid("sweeper", {TARGET: "hydra_plugins.reviewlab.GridSweper"})
    assert not is_valid("sweep", {"seeds": 0})
    launcher = {"launcher": {TARGET: "reviewlab.sweeps.local.LocalLauncher", "slots": 0}}
    assert not is_valid("experiment", {"hydra": launcher})


@pytest.mark.parametrize(
    ("written", "read", "valid"),
    [
        ("lr: 1e-3", 0.001, True),  # a text to YAML 1.1, a number to Hydra and to editors
        ("lr: 1", 1, True),
        ("lr: '1'", "1", False),
        ("lr: .inf", float("inf"), False),
        ("lr: .nan", None, False),
        ("amsgrad: True", True, True),
        ("amsgrad: yes", True, True),  # editors read YAML 1.2, where it is a text
        ("amsgrad: 'yes'", "yes", False),
        ("amsgrad: 1", 1, False),
        ("foreach: ~", None, True),
        ("foreach: null", None, True),
        ("foreach: 'null'", "null", False),
        ("eps: 1_0", 10, True),  # a text in YAML 1.2
    ],
)
def test_values_as_hydra_reads_them(written: str, read: Any, valid: bool) -> None:
    content = read_yaml(f"_target_: torch.optim.Adam\n{written}\n")
    [value] = [value for key, value in content.items() if key != TARGET]
    assert read is value or read == value or str(value) == "nan"
    assert is_valid("optimizer", content) is valid
    assert (refusal("optimizer", content) is None) is valid
