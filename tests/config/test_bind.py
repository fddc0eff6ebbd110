"""Values that do not match their annotations are refused before any data are read."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.config.refusals import line

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.config.bind import PROVIDED, bind
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.evaluation.checkpoint import DataNode
from reviewlab.exceptions import InputError
from reviewlab.runs.identity import run_id


@dataclass(frozen=True)
class Architecture:
    architecture: dict[str, Any] | None


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optimizer.lr=fast", "optimizer.lr: 'fast' is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=-1", "optimizer.lr: -1 is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=true", "optimizer.lr: true is not allowed; allowed: a number >= 0"),
        ("optimizer.lr='1'", "optimizer.lr: '1' is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=nan", "optimizer.lr: nan is not allowed; allowed: a number >= 0"),
        ("optimizer.lr=null", "optimizer.lr: null is not allowed; allowed: a number >= 0"),
        ("seed=1.5", "seed: 1.5 is not allowed; allowed: a whole number >= 0"),
        ("seed=-1", "seed: -1 is not allowed; allowed: a whole number >= 0"),
        ("test=1", "test: 1 is not allowed; allowed: true or false"),
        ("mode=mni", "mode: 'mni' is not allowed; did you mean 'min'? allowed: min, max"),
        ("threads=0", "threads: 0 is not allowed; allowed: a whole number >= 1"),
        ("threads=100000", "threads: 100000 is not allowed; allowed: a whole number >= 1 and"),
        ("trainer.max_epochs=x", "trainer.max_epochs: 'x' is not allowed; allowed: a whole number"),
        ("trainer.max_epochs=-2", "trainer.max_epochs: -2 is not allowed; allowed: a whole number"),
        (
            "trainer.max_epochs=0",
            "trainer.max_epochs: 0 is not allowed; allowed: a whole number >= 1 or -1 or null",
        ),
        ("trainer.max_steps=0", "trainer.max_steps: 0 is not allowed; allowed: a whole number >="),
        ("trainer.gradient_clip_val=-1", "trainer.gradient_clip_val: -1 is not allowed; allowed:"),
        ("trainer.max_time=soon", "trainer.max_time: 'soon' is not allowed: "),
        (
            "trainer.limit_train_batches=-3",
            "trainer.limit_train_batches: -3 is not allowed; allowed: a whole number >= 1 or a "
            "number > 0 and <= 1 or null",
        ),
        ("trainer.limit_train_batches=0", "trainer.limit_train_batches: 0 is not allowed; allowed"),
        ("trainer.limit_train_batches=0.0", "trainer.limit_train_batches: 0.0 is not allowed; "),
        ("+trainer.overfit_batches=1", "trainer.overfit_batches: 1 is not allowed; allowed: 0"),
        ("trainer.devices=0", "trainer.devices: 0 is not allowed: "),
        ("trainer.accelerator=cup", "trainer.accelerator: 'cup' is not allowed: "),
        (
            "trainer.strategy=fsdp",
            "trainer.strategy: 'fsdp' is not allowed: The strategy `fsdp` re",
        ),
        ("trainer.precision=17", "trainer.precision: 17 is not allowed; allowed: "),
        (
            "model.hidden_size=0",
            "model.hidden_size: 0 is not allowed; allowed: a whole number >=",
        ),
        ("model.pooling=lst", "model.pooling: 'lst' is not allowed; did you mean 'last'? allowed:"),
        ("loss.label_smoothing=1", "loss.label_smoothing: 1 is not allowed; allowed: a number >="),
        ("data.validation=1", "data.validation: 1 is not allowed; allowed: a number >= 0 and < 1"),
        ("data.text.padding=left", "data.text.padding: 'left' is not allowed; allowed: pre, post"),
        ("data.batch_size=[64]", "data.batch_size: [64] is not allowed; allowed: a whole number"),
        ("name=a/b", "name: 'a/b' is not allowed; allowed: a string that matches"),
        ("callbacks.progress=3", "callbacks.progress: 3 is not allowed; allowed: Callback or null"),
        ("outputs=", "outputs: '' is not allowed; allowed: a path"),
        ("logger=mlflow", "logger: 'mlflow' is not installed; pip install 'reviewlab[mlflow]'"),
        ("logger=wandb", "logger: 'wandb' is not installed; pip install 'reviewlab[wandb]'"),
        ("~model", "model: missing; allowed: ReviewClassifier"),
        ("~optimizer._target_", "optimizer: a Optimizer needs the key '_target_'"),
    ],
)
def test_a_value_that_does_not_suit(override: str, message: str) -> None:
    assert line(override).startswith(message)


@pytest.mark.parametrize("value", [3, "imdb", None, [1]])
def test_data_are_made_by_a_target(value: Any) -> None:
    with pytest.raises(InputError, match=r"^data: .* is not allowed; allowed: DataModule$"):
        bind({"data": value}, DataNode)


def test_a_mapping_of_anything_may_hold_mappings() -> None:
    options = {"reservation": {"name": "mine"}, "nice": 3}
    assert bind({"options": options}, SlurmLauncher).options == options
    architecture = {"layers": {"first": {"size": 3}}}
    assert bind({"architecture": architecture}, Architecture).architecture == architecture


def test_betas_are_a_list_of_two_shares() -> None:
    assert check_config(compose_config("train", ["optimizer.betas=[0.8,0.9]"]))
    for betas in ("[0.9]", "[0.9,2]", "0.9", "[a,b]"):
        assert line(f"optimizer.betas={betas}").startswith("optimizer.betas: ")


def test_whole_numbers_do_for_numbers() -> None:
    assert check_config(compose_config("train", ["optimizer.lr=1", "data.validation=0"]))


@pytest.mark.parametrize(
    ("key", "one", "other", "same"),
    [
        ("loss.label_smoothing", "0", "0.0", True),
        ("optimizer.betas", "[0,0.9]", "[0.0,0.9]", True),
        ("trainer.gradient_clip_val", "1", "1.0", True),
        ("loss.class_weight", "[1,2,1,1,1]", "[1.0,2,1,1,1.0]", True),
        ("trainer.limit_val_batches", "1", "1.0", False),  # a batch, or all of them
        ("trainer.limit_train_batches", "1", "1.0", False),
        ("model.hidden_size", "1", "1.0", None),
    ],
)
def test_a_number_is_one_experiment_however_it_is_typed(
    key: str, one: str, other: str, same: bool | None
) -> None:
    first = check_config(compose_config("train", [f"{key}={one}"]))
    if same is None:
        assert line(f"{key}={other}").startswith(f"{key}: 1.0 is not allowed")
        return
    second = check_config(compose_config("train", [f"{key}={other}"]))
    assert (run_id(first.as_config(), "f") == run_id(second.as_config(), "f")) is same


@pytest.mark.parametrize("group", ["model", "loss", "optimizer", "trainer", "logger", "scheduler"])
def test_what_comes_from_the_data_or_the_run_cannot_be_set(group: str) -> None:
    refused = 0
    for name in sorted(PROVIDED[group]):
        message = line(f"+{group}.{name}=3")
        refused += message == f"{group}.{name}: comes from the data or the run; it cannot be set"
        assert "it cannot be set" in message or "no such key" in message
    assert refused
