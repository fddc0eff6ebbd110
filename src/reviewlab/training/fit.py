"""Train one classifier on one data set, from objects, and measure what came of it."""

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
from reviewlab.models.classifier import OptimizerFactory, ReviewClassifier
from reviewlab.runs.folder import RunFolder
from reviewlab.training.lean import make_lean
from reviewlab.training.limits import refuse_nothing, reviews_seen, total_steps
from reviewlab.training.optimizers import FullBatch, step_once_an_epoch
from reviewlab.training.seeding import seed_dropout
from reviewlab.training.summary import TrainingResult, summarise


@dataclass(frozen=True)
class Training:
    """A training without its classifier and its data.

    Attributes:
        make_trainer: `pl.Trainer` with the options of the config; callbacks, logger, folder and
            plugins are added here.
        optimizer: makes the optimizer of some parameters.
        scheduler: makes the schedule of an optimizer; called with it and `total_steps`.
        callbacks: those of the config; what every run needs is added here.
        loggers: receive the metrics.
        folder: where `checkpoints/` goes.
        seed: what dropout draws follows from it.
        hyperparameters: flat and plain; TensorBoard compares runs by them.
        name: of the run in TensorBoard's HParams; None for that of the folder.
        monitor: the metric that chooses the best epoch.
        mode: whether a small or a large value of it is good.
        stop_rule: given an epoch's metrics, the reason to stop the run, or None.
        shared: a folder for what runs of one split share; None for the run's own.
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
        """Train, and measure the best epoch on the test split if `test`.

        Args:
            classifier: trained in place.
            data: what it is trained, validated and tested on; already prepared.
            resume_from: a `last.ckpt`; the run goes on behind the step that it holds.
            test: whether to measure the test split, unless the run is stopped early.

        Raises:
            InputError: there is nothing to train on, or to test on.
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
        refuse_nothing(trainer, data, test)
        loader = data.train_dataloader()
        self._prepare(trainer, classifier, loader)
        with interruption.watch(), _no_rank_left(trainer):
            trainer.fit(classifier, datamodule=data, ckpt_path=resume_from, weights_only=True)
            result = summarise(classifier, curves, reviews_seen(trainer, loader))
            result.stopped_early = explain_early_stop(trainer, len(result.curves))
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
            # The ranks of a run are its own, also where SLURM or another cluster has started it.
            plugins=[AtomicCheckpointIO(), LightningEnvironment()],
            **options,
        )
        data.trainer = trainer  # its loaders count the batches that all devices share
        return trainer

    def _prepare(self, trainer: pl.Trainer, classifier: ReviewClassifier, loader: Any) -> None:
        """Set how `trainer` steps and what dropout will draw."""
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
def _no_rank_left(trainer: pl.Trainer) -> Iterator[None]:
    """End the ranks that `trainer` started when this one cannot go on: they would wait for it."""
    try:
        yield
    except BaseException:
        launcher = trainer.strategy.launcher
        if launcher is not None:
            launcher.kill(signal.SIGKILL)
        raise
