"""The run's row on TensorBoard's HParams page."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.loggers import TensorBoardLogger

from reviewlab.callbacks.curves import Curves


class HyperparameterRow(Checkpoint):
    """Writes what was set beside what came of it, once, when the training has ended.

    The metrics are those of the best epoch, as `best/val/accuracy` and so on: under their own
    names they would be one more point on the curves.
    """

    def __init__(self, hyperparameters: dict[str, Any], curves: Curves) -> None:
        self._hyperparameters = hyperparameters
        self._curves = curves

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the row."""
        best = self._curves.best_epoch
        if best is None:
            return
        epoch = self._curves.epochs[best]
        metrics = {f"best/{name}": value for name, value in epoch.items() if "/" in name}
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                logger.log_hyperparams(self._hyperparameters, metrics)
