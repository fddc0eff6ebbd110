"""End a run early if a rule says so, for example because other trials are much better."""

from collections.abc import Callable, Mapping

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint

from reviewlab.callbacks.curves import Curves

StopRule = Callable[[Mapping[str, float]], str | None]
"""A function that takes an epoch's metrics and returns the reason to stop the run, or None."""


def never_stop(metrics: Mapping[str, float]) -> None:
    """Never stop a run early."""


class Pruning(Checkpoint):
    """Passes each epoch's metrics to `stop_rule`, which may return a reason to stop the run.

    The rule sees the last epoch too, although nothing is left to stop. If there are several ranks,
    only the first one asks the rule.

    It is a `Checkpoint` only so that it is called last, and must be listed after `Checkpoints`: by
    then the epoch has been saved without the decision to stop, so the run can still be resumed.

    Args:
        curves: the run's history.
        stop_rule: function that takes an epoch's metrics and returns the reason to stop the run, or
            None.

    Attributes:
        reason: the reason why the rule stopped the run; None if it did not.
    """

    def __init__(self, curves: Curves, stop_rule: StopRule) -> None:
        self._curves = curves
        self._stop_rule = stop_rule
        self.reason: str | None = None

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Ask the rule whether to stop, unless a limit cut the epoch short."""
        if not trainer.is_last_batch:
            return
        own = self._stop_rule(self._curves.epochs[-1]) if trainer.is_global_zero else None
        reason: str | None = trainer.strategy.broadcast(own)
        if reason is not None and not _is_over(trainer):
            self.reason, trainer.should_stop = reason, True


def _is_over(trainer: pl.Trainer) -> bool:
    """Test if training ends with this epoch anyway."""
    last_epoch = trainer.current_epoch + 1 == trainer.max_epochs
    return trainer.should_stop or last_epoch or trainer.global_step == trainer.max_steps
