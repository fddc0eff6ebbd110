"""Train one classifier on one data set, given as Python objects, and measure the result."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import Logger

from reviewlab.callbacks import (
    Checkpoints,
    Curves,
    HyperparameterRow,
    Interruption,
    KeptValidation,
    Plateau,
    Pruning,
    StopRule,
    never_stop,
)
from reviewlab.callbacks.checkpoints import AtomicCheckpointIO
from reviewlab.callbacks.curves import Mode, seven_digits
from reviewlab.callbacks.early_end import explain_early_stop
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.fast_steps import OptimizerFactory
from reviewlab.runs.folder import RunFolder
from reviewlab.training.lean import make_lean
from reviewlab.training.limits import refuse_empty_splits, reviews_seen, total_steps
from reviewlab.training.optimizers import FullBatch, step_once_an_epoch
from reviewlab.training.resumption import refuse_unusable
from reviewlab.training.seeding import seed_dropout
from reviewlab.training.subnormals import flush_subnormals
from reviewlab.training.summary import TrainingResult, summarise


@dataclass(frozen=True)
class Training:
    """Everything that defines a training run except its classifier and its data.

    Attributes:
        make_trainer: function that builds a `pl.Trainer` with the config's options; callbacks,
            loggers, folder and plugins are added here.
        optimizer: function that builds the optimizer for given parameters.
        scheduler: function that builds the schedule, given an optimizer and `total_steps`.
        callbacks: the config's callbacks; those that every run needs are added here.
        loggers: the loggers that receive the metrics.
        folder: the run folder, where `checkpoints/` is written.
        seed: random seed for dropout.
        hyperparameters: flat, plain values by which TensorBoard compares runs.
        name: the run's name on TensorBoard's HParams page; None for the folder's name.
        monitor: the metric that selects the best epoch.
        mode: "min" if a lower `monitor` is better, "max" if a higher one is.
        stop_rule: function that takes an epoch's metrics and returns the reason to stop the run, or
            None.
        shared: folder for files shared by all runs on the same split; None to use `folder`.
    """

    make_trainer: Callable[..., pl.Trainer]
    optimizer: OptimizerFactory
    scheduler: Callable[..., dict[str, Any] | None]
    callbacks: list[Callback]
    loggers: list[Logger]
    folder: Path
    seed: int
    hyperparameters: dict[str, Any]
    name: str | None = None
    monitor: str = "val/loss"
    mode: Mode = "min"
    stop_rule: StopRule = never_stop
    shared: Path | None = None

    def run(
        self,
        classifier: ReviewClassifier,
        data: pl.LightningDataModule,
        resume_from: Path | None = None,
        test: bool = False,
    ) -> TrainingResult:
        """Train, and measure the best epoch on the test split if `test` is true.

        Args:
            classifier: the classifier, which is trained in place.
            data: the prepared splits.
            resume_from: a `last.ckpt`; training continues after the step at which it was saved.
            test: True to measure the test split too, unless the run is pruned.

        Raises:
            InputError: there is nothing to train or test on.
            Interrupted: a signal ended the training.
        """
        curves = Curves(self.monitor, self.mode)
        checkpoints = self._checkpoints()
        interruption = Interruption(checkpoints)
        row = HyperparameterRow(self.hyperparameters, curves, self.name or self.folder.name)
        pruning = Pruning(curves, self.stop_rule)
        saving = [KeptValidation(curves, self.shared), checkpoints]
        own: list[Callback] = [curves, Plateau(curves), row, *saving, pruning, interruption]
        trainer = self._trainer(data, own)
        refuse_empty_splits(trainer, data, test)
        loader = data.train_dataloader()
        self._prepare(trainer, classifier, loader)
        resuming = refuse_unusable(resume_from, trainer, interruption)
        watching = interruption.watch()
        with watching, resuming, _kill_ranks_on_failure(trainer), flush_subnormals():
            trainer.fit(classifier, datamodule=data, ckpt_path=resume_from, weights_only=True)
            result = summarise(classifier, curves, reviews_seen(trainer, loader))
            result.stopped_early = explain_early_stop(trainer, len(result.curves), curves.diverged)
            result.pruned = pruning.reason
            if test and pruning.reason is None:
                began = time.perf_counter()
                result.test = self._test(trainer, classifier, data)
                result.seconds["test"] = time.perf_counter() - began
        return result

    def _checkpoints(self) -> Checkpoints:
        for callback in self.callbacks:
            if isinstance(callback, Checkpoints):
                return callback
        return Checkpoints()

    def _trainer(self, data: pl.LightningDataModule, own: list[Callback]) -> pl.Trainer:
        others = [callback for callback in self.callbacks if callback not in own]
        options: dict[str, Any] = {}
        if not data.val_dataloader():
            options["limit_val_batches"] = 0
        trainer = self.make_trainer(
            callbacks=[*others, *own],
            logger=self.loggers,
            default_root_dir=self.folder,
            # A run starts its own ranks, even if SLURM or another cluster started the run.
            plugins=[AtomicCheckpointIO(), LightningEnvironment()],
            **options,
        )
        data.trainer = trainer  # its loaders divide the batches among the devices
        return trainer

    def _prepare(self, trainer: pl.Trainer, classifier: ReviewClassifier, loader: Any) -> None:
        if getattr(self.optimizer, "func", None) is FullBatch:
            step_once_an_epoch(trainer, classifier, loader)
        steps = total_steps(trainer, len(loader))
        make_lean(trainer, classifier)
        classifier.use_optimizer(self.optimizer, partial(self.scheduler, total_steps=steps))
        seed_dropout(self.seed, trainer.global_rank)

    def _test(
        self, trainer: pl.Trainer, classifier: ReviewClassifier, data: pl.LightningDataModule
    ) -> dict[str, float]:
        best = RunFolder(self.folder).best_checkpoint
        [metrics] = trainer.test(
            classifier, datamodule=data, ckpt_path=best, verbose=False, weights_only=True
        )
        return {name: seven_digits(value) for name, value in metrics.items()}


@contextmanager
def _kill_ranks_on_failure(trainer: pl.Trainer) -> Iterator[None]:
    """If this rank fails, kill the ranks that `trainer` started; they would wait for it forever."""
    try:
        yield
    except BaseException:
        launcher = trainer.strategy.launcher
        if launcher is not None:
            launcher.kill(signal.SIGKILL)
        raise
