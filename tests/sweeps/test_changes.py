"""Differences from the sweep that a launch continues."""

from typing import Any
from unittest import mock

import pytest

from reviewlab.runs.identity import ADDED, PLACEMENT
from reviewlab.sweeps.changes import changes, code

BASE = {"seed": 0, "model": {"dropout": 0.5, "hidden_size": 8}, "data": {"source": "/a"}}
CODE = {"nn/objectives.py": "0123"}


def asked(base: dict[str, Any], *varied: str, code: dict[str, str] = CODE) -> dict[str, Any]:
    return {"varied": [*varied], "base": base, "code": code}


def test_what_has_changed_is_named_with_both_values() -> None:
    now = {"seed": 0, "model": {"dropout": 0.1, "size": 8}, "data": {"source": "/a"}}
    assert changes(asked(BASE), asked(now)) == [
        "model.dropout: 0.5 -> 0.1",
        "model.hidden_size: 8 -> None",
        "model.size: None -> 8",
    ]


def test_what_varies_may_differ_and_so_may_all_that_is_in_it() -> None:
    now = {**BASE, "seed": 1, "model": {"dropout": 0.1}}
    assert changes(asked(BASE, "seed"), asked(now, "model")) == []
    assert changes(asked(BASE, "mod"), asked(now, "seed")) != []


@pytest.mark.parametrize("key", PLACEMENT)
def test_what_no_run_id_depends_on_may_differ(key: str) -> None:
    group, _, name = key.partition(".")
    values = ("auto", "torch") if key == "model.kernel" else ("here", "there")
    here, there = ({group: {name: x}} if name else {group: x} for x in values)
    assert changes(asked(here), asked(there)) == []


def test_a_kernel_of_somebody_s_own_model_may_not_differ() -> None:
    here, there = ({"model": {"kernel": kernel}} for kernel in (3, 5))
    assert changes(asked(here), asked(there)) == ["model.kernel: 3 -> 5"]


def test_code_that_decides_what_comes_out_is_compared_by_file() -> None:
    assert changes(asked(BASE), asked(BASE, code={**CODE, "nn/new.py": "4567"})) == [
        "code: nn/new.py: None -> '4567'"
    ]
    names = code()
    assert any(name.startswith("nn/") for name in names)
    assert not any(name.startswith(("sweeps/", "reporting/")) for name in names)


def test_a_key_that_was_added_since_differs_only_at_another_value() -> None:
    with mock.patch.dict(ADDED, {"data.folds": None}):
        default = {**BASE, "data": {"source": "/a", "folds": None}}
        assert changes(asked(BASE), asked(default)) == []
        chosen = {**BASE, "data": {"source": "/a", "folds": 5}}
        assert changes(asked(BASE), asked(chosen)) == ["data.folds: None -> 5"]


def test_a_sweep_of_an_earlier_version_lacks_nothing_that_is_needed() -> None:
    assert changes({}, asked({})) == ["code: nn/objectives.py: None -> '0123'"]


def test_what_changed_is_named_but_not_what_varies_or_where_it_runs() -> None:
    def began(lr: float, epochs: int, outputs: str, code: str) -> dict[str, object]:
        base = {"optimizer": {"lr": lr}, "trainer": {"max_epochs": epochs}, "outputs": outputs}
        return {"varied": ["optimizer.lr"], "base": base, "code": {"nn/init.py": code}}

    before = began(0.1, 1, "/a", "1")
    assert changes(before, began(0.2, 1, "/b", "1")) == []
    assert changes(before, began(0.1, 2, "/a", "2")) == [
        "trainer.max_epochs: 1 -> 2",
        "code: nn/init.py: '1' -> '2'",
    ]
