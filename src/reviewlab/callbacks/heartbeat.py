"""Record a run's progress in `status.json`, so that other processes can see that it is alive."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback
from typing_extensions import override

from reviewlab.runs.status import read_record, write_status

SECONDS = 10.0
"""Seconds between two heartbeats; the steps in between only read the clock."""


class Heartbeat(Callback):
    """Writes epoch, step and time to the run's status every few seconds, and after training.

    Args:
        folder: the run folder, which must already contain a status.
        clock: function that returns the seconds since 1970.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._beat = clock()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Record the progress before the first step, which may take a long time."""
        self._write(trainer)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Record the progress if the last record is old enough."""
        if abs(self._clock() - self._beat) >= SECONDS:  # the clock may have been set back
            self._write(trainer)

    def on_validation_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Record the progress if the last record is old enough."""
        self.on_train_batch_end(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Record the last step."""
        self._write(trainer)

    @override
    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Record the step at which the run failed, unless the disk failed."""
        if not isinstance(exception, OSError):
            self._write(trainer)

    def _write(self, trainer: pl.Trainer) -> None:
        self._beat = self._clock()
        if trainer.is_global_zero:
            status = read_record(self._folder)
            epoch, step = trainer.current_epoch, trainer.global_step
            beat = replace(status, epoch=epoch, step=step, heartbeat=self._beat)
            write_status(self._folder, beat)
