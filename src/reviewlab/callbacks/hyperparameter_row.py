"""The run's hyperparameters, for the loggers that compare runs by them."""

from pathlib import Path

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from pytorch_lightning.utilities import rank_zero_only

from reviewlab.callbacks.curves import Curves
from reviewlab.runs.identity import Hyperparameter


class HyperparameterRow(Checkpoint):
    """Writes the run's settings and results, a row of TensorBoard's HParams page.

    The settings are written when training begins. After each epoch follow the validation metrics of
    the best epoch so far, as `best/val/accuracy` and so on; their last values are the run's result.
    Under their own names they would be points on the curves.

    TensorBoard is given only the values, and no list of the settings and metrics that exist, which
    torch and Lightning write. It would apply one run's list to all runs: settings of another
    architecture would be missing, and those that differ would not come first.
    """

    def __init__(self, hyperparameters: dict[str, Hyperparameter], curves: Curves) -> None:
        self._hyperparameters = hyperparameters
        self._curves = curves

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin the row; a `CSVLogger` is left out, as it would only copy `config.yaml`."""
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                _begin_row(logger, self._hyperparameters)
            elif not isinstance(logger, CSVLogger):
                logger.log_hyperparams(self._hyperparameters)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Log the validation metrics of the best epoch so far, if there are any."""
        best = self._curves.best_epoch
        if best is None:
            return
        epoch = self._curves.epochs[best]
        metrics = {f"best/{k}": value for k, value in epoch.items() if k.startswith("val/")}
        # Lightning's own curves, which appear next to these, count steps from 0.
        step = int(self._curves.epochs[-1]["step"]) - 1
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger) and metrics:
                logger.log_metrics(metrics, step)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """End the row, which gives the run a status in TensorBoard."""
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                _end_row(logger)


@rank_zero_only
def _begin_row(logger: TensorBoardLogger, hyperparameters: dict[str, Hyperparameter]) -> None:
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    settings = {name: value for name, value in hyperparameters.items() if value is not None}
    # TensorBoard merges rows of one name or, without names, rows of equal settings.
    name = Path(logger.log_dir).name
    logger.experiment.file_writer.add_summary(hparams_pb(settings, name))


@rank_zero_only
def _end_row(logger: TensorBoardLogger) -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import api_pb2, metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo

    end = HParamsPluginData(session_end_info=SessionEndInfo(status=api_pb2.STATUS_SUCCESS))
    value = Summary.Value(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=metadata.create_summary_metadata(end),
        tensor=metadata.NULL_TENSOR,
    )
    logger.experiment.file_writer.add_summary(Summary(value=[value]))
