"""Every target in `conf/` can be checked, with the exceptions listed here."""

import re

import pytest
from tests.config.refusals import line

from reviewlab.config.compose import CONFIGS
from reviewlab.config.signatures import RANGES, list_arguments, locate
from reviewlab.values import make_adapter

TARGETS = sorted(
    {
        target
        for path in CONFIGS.rglob("*.yaml")
        for target in re.findall(r"_target_: *(\S+)", path.read_text(encoding="utf-8"))
        if not target.startswith("hydra_plugins.")  # Hydra itself builds those
    }
)

UNCHECKED: set[tuple[str, str]] = set()
"""Arguments whose values are not checked, because pydantic does not support the annotation."""


def test_there_are_targets_of_every_kind() -> None:
    for part in ("data", "text", "models", "nn", "callbacks", "training"):
        assert any(target.startswith(f"reviewlab.{part}.") for target in TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_argument_is_annotated_and_checked(target: str) -> None:
    known = list_arguments(locate(target, "x"), "x")
    unchecked = {(target, name) for name, a in known.items() if make_adapter(a.annotation) is None}
    assert unchecked <= UNCHECKED


@pytest.mark.parametrize("target", [t for t in TARGETS if t.startswith("reviewlab.")])
def test_our_own_targets_annotate_everything(target: str) -> None:
    from typing import Any

    assert all(a.annotation is not Any for a in list_arguments(locate(target, "x"), "x").values())


def test_the_ranges_of_others_name_arguments_that_exist() -> None:
    modules = {
        "torch.optim.": ["torch.optim.SGD", "torch.optim.Adam", "torch.optim.Adagrad"],
        "pytorch_lightning.trainer.": ["pytorch_lightning.Trainer"],
        "pytorch_lightning.callbacks.": ["pytorch_lightning.callbacks.EarlyStopping"],
    }
    modules["torch.optim."].append("torch.optim.RMSprop")
    for prefix, table in RANGES.items():
        known = {n for target in modules[prefix] for n in list_arguments(locate(target, "x"), "x")}
        assert set(table) <= known


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("os.system", "model._target_: 'os.system' is not allowed; allowed: reviewlab.*, "),
        ("3", "model._target_: 3 is not allowed"),
        ("torch.load", "model._target_: 'torch.load' is not allowed"),
        ("reviewlab.cli.train.os.system", "model._target_: "),
        ("reviewlab.cli.train.sys", "model._target_: there is no 'reviewlab.cli.train.sys'"),
        ("reviewlab.training.loggers.find_spec", "model._target_: there is no"),
        ("reviewlab.models.rnn.LSTMClasifier", "model._target_: there is no"),
        ("reviewlab.modles.rnn.LSTMClassifier", "model._target_: 'reviewlab.modles.rnn"),
        (
            "torch.optim.Adam",
            "model._target_: 'torch.optim.Adam' is not allowed; "
            "allowed: a target that creates ReviewClassifier",
        ),
    ],
)
def test_targets_that_are_none(target: str, message: str) -> None:
    assert line(f"model._target_={target}").startswith(message)


def test_a_misspelt_target_gets_a_suggestion() -> None:
    message = line("model._target_=reviewlab.models.rnn.LSTMClasifier")
    assert message.endswith("did you mean 'LSTMClassifier'?")


def test_a_target_that_takes_anything_is_refused() -> None:
    message = line("++trainer.profiler={_target_: pytorch_lightning.profilers.PyTorchProfiler}")
    assert message.startswith("trainer.profiler._target_: PyTorchProfiler takes arguments of any")
