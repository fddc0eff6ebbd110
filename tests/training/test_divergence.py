"""A training whose loss is no longer finite ends, and its last good checkpoint stays."""

from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.models import load_classifier


class Spoil(Callback):
    """Makes a weight infinite before the first step of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.current_epoch == self.epoch:
            pl_module.head.weight.data.fill_(float("inf"))


def load(setup: Setup, name: str) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(setup.folder / "checkpoints" / name, weights_only=True)
    return content


@pytest.mark.parametrize("validation", [0.2, 0.0])
def test_training_ends_and_keeps_the_epochs_before(setup: Setup, validation: float) -> None:
    setup.callbacks = lambda: [Spoil(2)]
    setup.data = {**setup.data, "validation": validation}
    setup.trainer = {"max_epochs": 6}
    result, _ = setup.run()
    assert len(result.curves) == 3
    assert "diverged" in result.flags
    assert result.best_epoch is not None and result.best_epoch < 2
    assert result.stopped_early == "stopped early after epoch 3 of 6: a loss was not finite"
    assert load(setup, "last.ckpt")["epoch"] == 1
    for name in ("best.ckpt", "last.ckpt"):
        load_classifier(setup.folder / "checkpoints" / name)


def test_a_resumed_training_diverges_again(setup: Setup) -> None:
    setup.callbacks = lambda: [Spoil(1)]
    first, _ = setup.run()
    again, _ = setup.run(resume=True)
    assert [len(result.curves) for result in (first, again)] == [2, 2]
    assert "diverged" in again.flags


def test_without_a_good_epoch_the_first_one_is_kept(setup: Setup) -> None:
    setup.callbacks = lambda: [Spoil(0)]
    result, _ = setup.run()
    assert (len(result.curves), result.best_epoch) == (1, 0)
    assert "diverged" in result.flags
    assert load(setup, "best.ckpt")["epoch"] == 0
