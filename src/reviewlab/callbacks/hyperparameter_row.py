"""Log a run's hyperparameters and results, so that loggers can compare runs."""

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from pytorch_lightning.utilities import rank_zero_only

from reviewlab.callbacks.curves import Curves
from reviewlab.runs.identity import SEEDS, Hyperparameter


class HyperparameterRow(Checkpoint):
    """Writes the run's settings and results as a row of TensorBoard's HParams page.

    The settings are written when training begins. After each epoch, the validation metrics of the
    best epoch so far are logged as `best/val/accuracy` and so on; the last values are the run's
    result. Without the prefix they would become points on the training curves.

    Torch and Lightning would also write a list of all settings and metrics. TensorBoard applies one
    run's list to all runs: settings that only other architectures have would be missing, and
    settings that differ between runs would not come first. So no list is written.

    Args:
        hyperparameters: maps the dotted key of each setting to the setting's value.
        curves: the run's history, which determines the best epoch.
        name: the row's name, which no other run in the same log folder may have.
    """

    def __init__(
        self, hyperparameters: dict[str, Hyperparameter], curves: Curves, name: str
    ) -> None:
        self._hyperparameters = hyperparameters
        self._name = name
        self._curves = curves

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin the row, except in a `CSVLogger`, which would only copy `config.yaml`."""
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                _begin_row(logger, self._hyperparameters, self._name)
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
def _begin_row(
    logger: TensorBoardLogger, hyperparameters: dict[str, Hyperparameter], name: str
) -> None:
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    settings = {key: value for key, value in hyperparameters.items() if value is not None}
    first, *others = SEEDS
    for key in others:  # a column for each would show the same numbers again
        if settings.get(key) == settings.get(first):
            settings.pop(key, None)
    # TensorBoard merges rows with the same name, or, without names, rows with the same settings.
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
