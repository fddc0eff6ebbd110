"""A training computes with 0 instead of subnormal numbers, and nothing else does."""

from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from tests.training.tiny import Setup

from reviewlab.training.subnormals import flush_subnormals, is_flushing

TINY = torch.tensor([1e-40])
SMALLEST = torch.finfo(torch.float32).smallest_normal

possible = pytest.mark.skipif(
    not torch.set_flush_denormal(False), reason="this processor cannot flush subnormal numbers"
)


class Vanishing(Callback):
    """Adds a parameter to the classifier whose momentum is near the smallest normal number."""

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        parameter = next(pl_module.parameters())
        [optimizer] = trainer.optimizers
        self.momentum = torch.full_like(parameter, 2 * SMALLEST)
        optimizer.state[parameter] = {
            "step": torch.tensor(1.0),
            "exp_avg": self.momentum,
            "exp_avg_sq": torch.ones_like(parameter),
        }

    def on_before_optimizer_step(self, trainer: Trainer, pl_module: Any, optimizer: Any) -> None:
        gradient = next(pl_module.parameters()).grad
        assert gradient is not None
        gradient.zero_()


@possible
@pytest.mark.parametrize("fused", [True, False])
def test_the_momentum_of_an_absent_word_becomes_zero(setup: Setup, fused: bool) -> None:
    vanishing = Vanishing()
    setup.callbacks = lambda: [vanishing]
    setup.optimizer = lambda parameters: torch.optim.Adam(parameters, lr=0.01, fused=fused)
    setup.run()
    assert not is_flushing()
    assert not vanishing.momentum.any()


@possible
def test_the_mode_is_reset_afterwards_and_after_an_error() -> None:
    with flush_subnormals():
        assert is_flushing()
        assert not (TINY * 1).any()
        with flush_subnormals(False):
            assert (TINY * 1).all()
        assert is_flushing()
    assert (TINY * 1).all()
    with pytest.raises(InterruptedError), flush_subnormals():
        raise InterruptedError
    assert not is_flushing()
