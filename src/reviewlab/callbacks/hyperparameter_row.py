"""The run's hyperparameters, for those loggers that compare runs by them."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger

from reviewlab.callbacks.curves import Curves


class HyperparameterRow(Checkpoint):
    """Writes what was set when the training begins, and to TensorBoard when it has ended.

    TensorBoard wants it beside what came of it, as one row of its HParams page.
    The metrics are those of the best epoch, as `best/val/accuracy` and so on: under their own
    names they would be one more point on the curves.
    """

    def __init__(self, hyperparameters: dict[str, Any], curves: Curves) -> None:
        self._hyperparameters = hyperparameters
        self._curves = curves

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Tell MLflow and the like; a `CSVLogger` would write one more copy of `config.yaml`."""
        for logger in trainer.loggers:
            if not isinstance(logger, TensorBoardLogger | CSVLogger):
                logger.log_hyperparams(self._hyperparameters)

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
