"""Trains one classifier on one data set, from objects, and says what came of it."""

import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
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
    Plateau,
    Pruning,
    Verdict,
)
from reviewlab.callbacks.curves import Mode, seven_digits
from reviewlab.models.classifier import OptimizerFactory, ReviewClassifier
from reviewlab.training.checkpoint_io import AtomicCheckpointIO
from reviewlab.training.lean import make_lean
from reviewlab.training.limits import refuse_nothing, taken
from reviewlab.training.optimizers import FullBatch
from reviewlab.training.seeding import seed_dropout
from reviewlab.training.summary import summarise


def never(epoch: Mapping[str, float]) -> None:
    """The verdict that lets every run go on to its end."""


@dataclass(frozen=True)
class Training:
    """How to train: everything but the classifier and the data.

    scheduler: makes the schedule of an optimizer; called with it and `total_steps`.
    make_trainer: `pl.Trainer` with the options of the config; callbacks, logger, folder and plugins
        are added here.
    folder: where `checkpoints/` goes.
    hyperparameters: flat and plain; TensorBoard compares runs by them.
    verdict: hears each epoch's metrics, and may say why the run is to stop.
    """

    make_trainer: Callable[..., pl.Trainer]
    optimizer: OptimizerFactory
    scheduler: Callable[..., dict[str, Any] | None]
    callbacks: list[Callback]
    loggers: list[Logger]
    folder: Path
    seed: int
    hyperparameters: dict[str, Any]
    monitor: str = "val/loss"
    mode: Mode = "min"
    verdict: Verdict = never

    def run(
        self,
        classifier: ReviewClassifier,
        data: pl.LightningDataModule,
        resume_from: Path | None = None,
        test: bool = False,
    ) -> dict[str, Any]:
        """Train, and measure the best epoch on the test split if `test`.

        resume_from: a `last.ckpt`; the run goes on behind the step that it holds.
        Returns plain values for `result.json`; `pruned` is why the run was stopped early, or None.
        Raises: InputError before a training, or a test, of nothing; Interrupted when a signal ends
            the training.
        """
        curves = Curves(self.monitor, self.mode)
        checkpoints = self._checkpoints()
        interruption = Interruption(checkpoints)
        row = HyperparameterRow(self.hyperparameters, curves)
        pruning = Pruning(curves, self.verdict)
        own: list[Callback] = [curves, Plateau(curves), row, checkpoints, pruning, interruption]
        trainer = self._trainer(data, own)
        refuse_nothing(trainer, data, test)
        loader = data.train_dataloader()
        if getattr(self.optimizer, "func", None) is FullBatch:
            step_once_an_epoch(trainer, classifier, loader)
        steps = total_steps(trainer, len(loader))
        make_lean(trainer, classifier)
        classifier.use_optimizer(self.optimizer, partial(self.scheduler, total_steps=steps))
        seed_dropout(self.seed, trainer.global_rank)
        with interruption.watch(), _no_rank_left(trainer):
            trainer.fit(classifier, datamodule=data, ckpt_path=resume_from, weights_only=True)
            result = summarise(classifier, curves, reviews_seen(trainer, loader))
            result["pruned"] = pruning.reason
            if test and pruning.reason is None:
                began = time.perf_counter()
                result["test"] = self._test(trainer, classifier, data)
                result["seconds"]["test"] = time.perf_counter() - began
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

    def _test(
        self, trainer: pl.Trainer, classifier: ReviewClassifier, data: pl.LightningDataModule
    ) -> dict[str, float]:
        best = self.folder / "checkpoints" / "best.ckpt"
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


def step_once_an_epoch(trainer: pl.Trainer, classifier: ReviewClassifier, loader: Any) -> None:
    """Let `trainer` add up an epoch's gradients to that of the mean over its reviews."""
    batches = batches_an_epoch(trainer, len(loader))
    trainer.accumulate_grad_batches = batches
    reviews = reviews_an_epoch(trainer, loader) / trainer.world_size
    classifier.mean_batch_size = reviews / batches


def total_steps(trainer: pl.Trainer, batches: int) -> float:
    """How many optimizer steps the training takes at most; infinite when nothing but time ends it.

    batches: of a whole epoch. Lightning's own estimate sets up the loader before the checkpoint is
    read, and a run resumed within an epoch would begin that epoch anew.
    """
    an_epoch = math.ceil(batches_an_epoch(trainer, batches) / trainer.accumulate_grad_batches)
    epochs = math.inf if trainer.max_epochs in (None, -1) else trainer.max_epochs
    return min(an_epoch * epochs, math.inf if trainer.max_steps == -1 else trainer.max_steps)


def batches_an_epoch(trainer: pl.Trainer, batches: int) -> int:
    """How many of an epoch's batches the trainer takes."""
    return taken(batches, trainer.limit_train_batches)


def reviews_an_epoch(trainer: pl.Trainer, loader: Any) -> int:
    """How many reviews are in the batches that the trainer takes of an epoch."""
    batches = batches_an_epoch(trainer, len(loader))
    return len(loader.corpus) if batches == len(loader) else batches * int(loader.batch_size)


def reviews_seen(trainer: pl.Trainer, loader: Any) -> int:
    """How many reviews the training has read, those before it was resumed included."""
    batches = trainer.fit_loop.total_batch_idx + 1
    epochs, more = divmod(batches, batches_an_epoch(trainer, len(loader)))
    begun: int = more * loader.batch_size
    return epochs * reviews_an_epoch(trainer, loader) + begun
