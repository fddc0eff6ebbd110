"""Keep in `status.json` how far a run has come, so that anybody can see that it goes on."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from reviewlab.runs.status import read_status, write_status

SECONDS = 10.0
"""Between two beats: a step only looks at the clock."""


class Heartbeat(Callback):
    """Writes epoch, step and the time into the status of a run, every few seconds and at its end.

    Args:
        folder: of the run, whose status has been written.
        clock: gives the seconds since 1970.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._beat = clock()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Beat: the first step may take long."""
        self._write(trainer)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Beat, when the last time is long enough ago."""
        if abs(self._clock() - self._beat) >= SECONDS:  # the clock may have been put back
            self._write(trainer)

    def on_validation_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Beat as between steps."""
        self.on_train_batch_end(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leave the last step."""
        self._write(trainer)

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Leave the step at which it ended, unless the disk is what has failed."""
        if not isinstance(exception, OSError):
            self._write(trainer)

    def _write(self, trainer: pl.Trainer) -> None:
        self._beat = self._clock()
        if trainer.is_global_zero:
            status = read_status(self._folder)
            epoch, step = trainer.current_epoch, trainer.global_step
            beat = replace(status, epoch=epoch, step=step, heartbeat=self._beat)
            write_status(self._folder, beat)
