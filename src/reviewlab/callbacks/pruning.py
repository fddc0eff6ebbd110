"""Ends a run that others have left behind."""

from collections.abc import Callable, Mapping

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint

from reviewlab.callbacks.curves import Curves

Verdict = Callable[[Mapping[str, float]], str | None]
"""Hears an epoch's metrics; why the run is to stop, or None."""


class Pruning(Checkpoint):
    """Shows each epoch's metrics to `verdict`, which may say why the run is to stop.

    The last epoch is shown too, but then there is nothing left to stop. One process asks for all.

    reason: why the run was stopped; None as long as it was not.

    A `Checkpoint` by type only. Behind `Checkpoints`: the epoch has been saved, and what was saved
    knows of no end, so that a person may have the run go on.
    """

    def __init__(self, curves: Curves, verdict: Verdict) -> None:
        self._curves = curves
        self._verdict = verdict
        self.reason: str | None = None

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Ask, unless the budget has cut the epoch short."""
        if not trainer.is_last_batch:
            return
        reason = self._verdict(self._curves.epochs[-1]) if trainer.is_global_zero else None
        told: str | None = trainer.strategy.broadcast(reason)
        if told is not None and not _is_over(trainer):
            self.reason, trainer.should_stop = told, True


def _is_over(trainer: pl.Trainer) -> bool:
    """Whether this was the last epoch anyhow."""
    last_epoch = trainer.current_epoch + 1 == trainer.max_epochs
    return trainer.should_stop or last_epoch or trainer.global_step == trainer.max_steps
