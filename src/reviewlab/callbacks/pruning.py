"""Ends a run early when a rule says so, such as a search whose other trials are far ahead."""

from collections.abc import Callable, Mapping

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint

from reviewlab.callbacks.curves import Curves

StopRule = Callable[[Mapping[str, float]], str | None]
"""Given an epoch's metrics, the reason to stop the run, or None."""


def never_stop(metrics: Mapping[str, float]) -> None:
    """Never stop a run early."""


class Pruning(Checkpoint):
    """Shows each epoch's metrics to `stop_rule`, which may give a reason to stop the run.

    The last epoch is shown too, but then there is nothing left to stop. Of several processes the
    first asks for all.

    A `Checkpoint` by type only. It comes after `Checkpoints`: the epoch has been saved by then, and
    the checkpoint knows of no end, so that a person may have the run go on.

    Attributes:
        reason: why the run was stopped; None as long as it was not.
    """

    def __init__(self, curves: Curves, stop_rule: StopRule) -> None:
        self._curves = curves
        self._stop_rule = stop_rule
        self.reason: str | None = None

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Ask the rule, unless the budget has cut the epoch short."""
        if not trainer.is_last_batch:
            return
        own = self._stop_rule(self._curves.epochs[-1]) if trainer.is_global_zero else None
        reason: str | None = trainer.strategy.broadcast(own)
        if reason is not None and not _is_over(trainer):
            self.reason, trainer.should_stop = reason, True


def _is_over(trainer: pl.Trainer) -> bool:
    """Tell whether this was the last epoch anyhow."""
    last_epoch = trainer.current_epoch + 1 == trainer.max_epochs
    return trainer.should_stop or last_epoch or trainer.global_step == trainer.max_steps
