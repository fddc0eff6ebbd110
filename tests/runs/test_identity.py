"""The ids of a config depend on what changes the result, and on nothing else."""

import copy
import json
import re
from typing import Any, get_args
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewlab import dotted
from reviewlab.nn.kernels import Kernel
from reviewlab.runs.identity import (
    ADDED,
    DIGESTED,
    KERNELS,
    LOOKING,
    PLACEMENT,
    configuration_id,
    hyperparameters,
    repetition,
    run_id,
    slug,
    with_added,
)

CONFIG: dict[str, Any] = {
    "seed": 1,
    "threads": 1,
    "outputs": "/a",
    "data": {"_target_": "x", "source": "/a/b", "seed": 1, "batch_size": 64, "cache_dir": None},
    "optimizer": {"lr": 0.001},
    "trainer": {"accelerator": "cpu", "devices": 1, "precision": "32-true", "max_epochs": 3},
    "logger": {"csv": {}},
}


def changed(key: str, value: Any) -> dict[str, Any]:
    config = json.loads(json.dumps(CONFIG))
    node = config
    *parents, leaf = key.split(".")
    for parent in parents:
        node = node.setdefault(parent, {})
    node[leaf] = value
    return config


@pytest.mark.parametrize("key", PLACEMENT)
def test_where_a_run_happens_is_no_part_of_its_id(key: str) -> None:
    one, other = ("auto", "torch") if key == "model.kernel" else ("elsewhere", "here")
    assert run_id(changed(key, one), "f") == run_id(changed(key, other), "f")


def test_a_kernel_of_somebody_s_own_model_is_part_of_the_id() -> None:
    assert get_args(Kernel) == KERNELS
    ids = {run_id(changed("model.kernel", kernel), "f") for kernel in (*KERNELS, 3, 5, "rbf", [3])}
    assert len(ids) == 5


@pytest.mark.parametrize("digest", DIGESTED)
def test_a_digest_of_files_stands_for_their_place(digest: str) -> None:
    for key in DIGESTED[digest]:
        here, there = changed(key, "/a"), changed(key, "/b")
        assert run_id(here, "f") != run_id(there, "f")  # the files have not been read
        for config in (here, there):
            dotted.put(config, digest, "abc")
        assert run_id(here, "f") == run_id(there, "f")
        dotted.put(there, digest, "def")
        assert run_id(here, "f") != run_id(there, "f")


@pytest.mark.parametrize(
    "key",
    [
        *("seed", "monitor", "mode", "optimizer.lr", "loss.label_smoothing", "model.init"),
        *("data.seed", "data.split_seed", "data.batch_size", "data.text.max_length"),
        *("trainer.precision", "trainer.max_epochs", "trainer.accumulate_grad_batches"),
        "callbacks.early_stopping.patience",
    ],
)
def test_what_a_run_computes_is_part_of_its_id(key: str) -> None:
    assert run_id(changed(key, 77), "f") != run_id(CONFIG, "f")


def test_the_data_count_by_content() -> None:
    assert run_id(CONFIG, "f") != run_id(CONFIG, "g")


def test_a_configuration_is_a_run_without_its_seed() -> None:
    other = changed("seed", 2)
    other["data"]["seed"] = 2
    assert configuration_id(other, "f") == configuration_id(CONFIG, "f")
    assert run_id(other, "f") != run_id(CONFIG, "f")
    assert configuration_id(changed("optimizer.lr", 1.0), "f") != configuration_id(CONFIG, "f")


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(values: dict[str, int]) -> None:
    reversed_values = dict(reversed(list(values.items())))
    assert run_id(values, "f") == run_id(reversed_values, "f")


@given(st.lists(st.text()))
def test_a_slug_is_a_short_plain_file_name(parts: list[str]) -> None:
    name = slug(parts)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name)
    assert name not in {".", ".."} and not name.startswith("-")


KEYS = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 0.5, "", "a"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner))
CONFIGS = st.dictionaries(KEYS, VALUES, max_size=4)


@st.composite
def additions(draw: st.DrawFn) -> tuple[dict[str, Any], str, Any]:
    """Draw a config, a dotted key that it lacks in an existing mapping, and a value."""
    config = draw(CONFIGS)
    branches = [key for key in dotted.keys(config) if isinstance(dotted.get(config, key), dict)]
    parent = draw(st.sampled_from(["", *branches]))
    key = ".".join(filter(None, [parent, draw(KEYS.map(lambda name: f"{name}_added"))]))
    return config, key, draw(VALUES)


def ids(config: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    return run_id(config, "f"), configuration_id(config, "f"), hyperparameters(config)


def with_key(config: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    config = copy.deepcopy(config)
    dotted.put(config, key, value)
    return config


@given(additions())
def test_a_key_that_is_added_with_its_default_changes_no_id(
    addition: tuple[dict[str, Any], str, Any],
) -> None:
    config, key, default = addition
    with mock.patch.dict(ADDED, {key: default}, clear=True):
        assert ids(with_key(config, key, default)) == ids(config)


@given(additions(), VALUES)
def test_a_key_that_is_added_with_another_value_changes_the_run_id(
    addition: tuple[dict[str, Any], str, Any], value: Any
) -> None:
    config, key, default = addition
    assume(json.dumps(value, sort_keys=True) != json.dumps(default, sort_keys=True))
    with mock.patch.dict(ADDED, {key: default}, clear=True):
        run, configuration, _ = ids(with_key(config, key, value))
        assert run != run_id(config, "f")
        assert configuration != configuration_id(config, "f")


@given(additions())
def test_an_earlier_config_is_read_with_what_was_added(
    addition: tuple[dict[str, Any], str, Any],
) -> None:
    config, key, default = addition
    with mock.patch.dict(ADDED, {key: default}, clear=True):
        assert with_added(config) == with_key(config, key, default)
        assert ids(with_added(config)) == ids(config)
        later = with_key(config, key, "chosen")
        assert with_added(later) == later


def test_nothing_is_added_where_there_is_no_place_for_it() -> None:
    with mock.patch.dict(ADDED, {"data.folds": None}, clear=True):
        assert with_added({"seed": 1}) == {"seed": 1}
        assert with_added({"data": None}) == {"data": None}
        assert with_added({"data": {"folds": 3}}) == {"data": {"folds": 3}}


def test_a_key_that_one_data_set_gained_stays_a_key_of_others() -> None:
    of_imdb = {"data": {"_target_": "reviewlab.data.imdb.IMDBDataModule"}}
    of_others = {"data": {"_target_": "reviewlab.data.netflix.NetflixDataModule"}}
    assert with_added(of_imdb)["data"]["split"] == "random"
    assert "split" not in with_added(of_others)["data"]
    for config, is_equal in ((of_imdb, True), (of_others, False)):
        later = with_key(config, "data.split", "random")
        assert (run_id(later, "f") == run_id(config, "f")) is is_equal


@pytest.mark.parametrize(("loss", "has_decision"), [("CrossEntropy", True), ("BCE", False)])
def test_a_decision_was_the_mode_before_it_could_be_chosen(loss: str, has_decision: bool) -> None:
    config = {"loss": {"_target_": f"reviewlab.nn.{loss}"}}
    assert with_added(config)["loss"].get("decision") == ("mode" if has_decision else None)
    mode, median = (with_key(config, "loss.decision", value) for value in ("mode", "median"))
    assert (run_id(mode, "f") == run_id(config, "f")) is has_decision
    assert ("loss.decision" in hyperparameters(mode)) is not has_decision
    assert run_id(median, "f") != run_id(config, "f")


def test_a_fold_is_a_repetition_of_a_configuration() -> None:
    first = with_key(changed("data.folds", 5), "data.fold", 0)
    second = with_key(first, "data.fold", 1)
    configs = (CONFIG, first, second)
    assert len({run_id(config, "f") for config in configs}) == 3
    assert len({configuration_id(config, "f") for config in configs}) == 1
    assert len({repetition(config) for config in configs}) == 3


def test_a_config_from_before_folds_keeps_its_id() -> None:
    none = with_key(changed("data.folds", None), "data.fold", None)
    assert run_id(none, "f") == run_id(CONFIG, "f")
    assert hyperparameters(none) == hyperparameters(CONFIG)


def test_hyperparameters_are_flat_and_named_after_what_they_make() -> None:
    config = {
        "model": {"_target_": "package.LSTM", "dropout": 0.1, "sizes": [1, 2]},
        "callbacks": {"stop": {"_target_": "a.Stop"}, "look": {"_target_": f"{LOOKING}x.X"}},
        "outputs": "/a",
    }
    assert hyperparameters(config) == {
        "model": "LSTM",
        "model.dropout": 0.1,
        "model.sizes": "[1, 2]",
        "callbacks.stop": "Stop",
    }
