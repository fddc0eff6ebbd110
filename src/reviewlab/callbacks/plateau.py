"""Steps the schedules that watch a metric."""

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from torch.optim.lr_scheduler import ReduceLROnPlateau

from reviewlab.callbacks.curves import Curves


class Plateau(Checkpoint):
    """Shows each finished epoch's metric to the schedule before the epoch is saved.

    Lightning would do so after that, and not at all in an epoch that was resumed: the learning rate
    of a resumed run would not be that of one that was never stopped.

    A `Checkpoint` by type only, as `Curves` is; it has to stand behind them.
    """

    def __init__(self, curves: Curves) -> None:
        self._curves = curves

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Step, unless the budget has cut the epoch short or it measured no such metric."""
        measured = self._curves.epochs[-1]
        for config in trainer.lr_scheduler_configs:
            finished = trainer.is_last_batch and config.monitor in measured
            if finished and isinstance(config.scheduler, ReduceLROnPlateau):
                config.scheduler.step(measured[str(config.monitor)])
