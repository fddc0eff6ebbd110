"""A run that was stopped anywhere and resumed has the result of an uninterrupted one."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from pytorch_lightning.callbacks import EarlyStopping
from tests.training.tiny import Setup

from reviewlab.callbacks import Checkpoints, Interrupted

STEPS = 15  # three epochs of five batches


class Killed(BaseException):
    """Ends a run as abruptly as SIGKILL, without saving anything."""


class At(Callback):
    """Calls a function once, after a given step."""

    def __init__(self, step: int, action: Any) -> None:
        self.step, self.action = step, action

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        if trainer.global_step == self.step:
            self.action()


def die() -> None:
    raise Killed


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    return Setup(tmp_path_factory.mktemp("whole")).run()


def assert_same(run: tuple[Any, Any], whole: tuple[Any, Any]) -> None:
    (result, weights), (whole_result, whole_weights) = run, whole
    assert result.curves == whole_result.curves
    assert result.best_epoch == whole_result.best_epoch
    assert all(torch.equal(weights[name], whole_weights[name]) for name in whole_weights)


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_and_resumed(setup: Setup, whole: tuple[Any, Any], step: int) -> None:
    setup.callbacks = lambda: [At(step, die)]
    with pytest.raises(Killed):
        setup.run()
    setup.callbacks = list
    assert_same(setup.run(resume=True), whole)


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_interrupted_and_resumed(setup: Setup, whole: tuple[Any, Any], step: int) -> None:
    setup.callbacks = lambda: [At(step, interrupt)]
    with pytest.raises(Interrupted):
        setup.run()
    saved = torch.load(setup.folder / "checkpoints" / "last.ckpt", weights_only=True)
    assert saved["global_step"] == step
    setup.callbacks = list
    assert_same(setup.run(resume=True), whole)


@pytest.mark.parametrize("step", [4, 9])
def test_checkpoints_within_an_epoch(setup: Setup, whole: tuple[Any, Any], step: int) -> None:
    setup.callbacks = lambda: [Checkpoints(every_n_steps=2), At(step, die)]
    with pytest.raises(Killed):
        setup.run()
    saved = torch.load(setup.folder / "checkpoints" / "last.ckpt", weights_only=True)
    assert saved["global_step"] == 2 * ((step - 1) // 2)  # checkpoints are saved last
    setup.callbacks = lambda: [Checkpoints(every_n_steps=2)]
    assert_same(setup.run(resume=True), whole)


def test_a_resumed_run_knows_that_it_had_stopped_early(setup: Setup) -> None:
    setup.trainer["max_epochs"] = 20
    setup.callbacks = lambda: [EarlyStopping("val/loss", patience=0, min_delta=1.0)]
    whole = setup.run()
    assert len(whole[0].curves) == 2
    assert_same(setup.run(resume=True), whole)


def test_a_finished_run_goes_on_with_a_larger_budget(setup: Setup) -> None:
    setup.scheduler = lambda optimizer, total_steps: None
    setup.run()
    setup.trainer["max_epochs"] = 5
    more = setup.run(resume=True)
    longer = Setup(setup.folder / "longer")
    longer.scheduler = setup.scheduler
    longer.trainer["max_epochs"] = 5
    assert_same(more, longer.run())


def test_the_best_checkpoint_is_the_best_epoch(setup: Setup) -> None:
    result, _ = setup.run()
    best = torch.load(setup.folder / "checkpoints" / "best.ckpt", weights_only=True)
    assert best["epoch"] == result.best_epoch
    assert result.best["val/loss"] == min(e["val/loss"] for e in result.curves)


def test_without_validation_the_last_epoch_is_the_result(setup: Setup) -> None:
    setup.data["validation"] = 0.0
    result, _ = setup.run()
    best = torch.load(setup.folder / "checkpoints" / "best.ckpt", weights_only=True)
    assert (best["epoch"], result.best_epoch) == (2, 2)
    assert not any(name.startswith("val/") for name in result.last)


def test_nothing_is_left_beside_the_checkpoints(setup: Setup) -> None:
    setup.run()
    folder: Path = setup.folder / "checkpoints"
    assert sorted(path.name for path in folder.iterdir()) == ["best.ckpt", "last.ckpt"]
