"""Every target in `conf/`, found by search: what cannot be checked is named here."""

import re

import pytest

from reviewlab.config.compose import CONFIGS
from reviewlab.config.signatures import RANGES, arguments, locate
from reviewlab.config.values import adapter

TARGETS = sorted(
    {
        target
        for path in CONFIGS.rglob("*.yaml")
        for target in re.findall(r"_target_: *(\S+)", path.read_text(encoding="utf-8"))
        if not target.startswith("hydra_plugins.")  # Hydra makes those, and they hand on all
    }
)

UNCHECKED: set[tuple[str, str]] = set()
"""Arguments whose values nobody checks, because pydantic does not understand the annotation."""


def test_there_are_targets_of_every_kind() -> None:
    for part in ("data", "text", "models", "nn", "callbacks", "training"):
        assert any(target.startswith(f"reviewlab.{part}.") for target in TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_argument_is_annotated_and_checked(target: str) -> None:
    known = arguments(locate(target, "x"), "x")
    unchecked = {(target, name) for name, a in known.items() if adapter(a.annotation) is None}
    assert unchecked <= UNCHECKED


@pytest.mark.parametrize("target", [t for t in TARGETS if t.startswith("reviewlab.")])
def test_our_own_targets_annotate_everything(target: str) -> None:
    from typing import Any

    assert all(a.annotation is not Any for a in arguments(locate(target, "x"), "x").values())


def test_the_ranges_of_others_name_arguments_that_exist() -> None:
    modules = {
        "torch.optim.": ["torch.optim.SGD", "torch.optim.Adam", "torch.optim.Adagrad"],
        "pytorch_lightning.trainer.": ["pytorch_lightning.Trainer"],
        "pytorch_lightning.callbacks.": ["pytorch_lightning.callbacks.EarlyStopping"],
    }
    modules["torch.optim."].append("torch.optim.RMSprop")
    for prefix, table in RANGES.items():
        known = {n for target in modules[prefix] for n in arguments(locate(target, "x"), "x")}
        assert set(table) <= known
