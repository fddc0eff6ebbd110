"""Show the progress of a run: a line per epoch, and within an epoch a bar or a line per minute."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from rich import get_console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typing_extensions import override

from reviewlab.console.logs import FOR_FILES

log = logging.getLogger(__name__)

SHOWN = {"loss": "loss", "accuracy": "acc"}
"""Metrics in an epoch's line, and the short names that keep the line within 80 columns."""

REDRAW_SECONDS = 0.2
LINE_SECONDS = 50.0
"""Seconds between an epoch's lines; less than a minute, since a line waits for a step to end."""


class EpochLines(Checkpoint):
    """Logs a line for each epoch, and draws a bar on a terminal.

    The clock is read once per step, and the bar is drawn at most five times a second. A log file
    also gets about one line per minute within a long epoch.
    """

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._drawn = self._began = self._logged = 0.0
        self._reviews = self._steps = 0
        self._validated = False

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start a resumed epoch: Lightning does not call `on_train_epoch_start` for it."""
        if trainer.fit_loop.restarted_mid_epoch:
            self.on_train_epoch_start(trainer, pl_module)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock and the bar."""
        self._began = self._logged = time.perf_counter()
        self._reviews = self._steps = 0
        self._validated = False
        if not (trainer.is_global_zero and get_console().is_terminal):
            return
        self._bar = Progress(
            TextColumn(_epoch(trainer)),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=get_console(),
            transient=True,
            auto_refresh=False,
        )
        self._bar.add_task("", total=int(trainer.num_training_batches))
        self._bar.start()

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *arguments: Any) -> None:
        """Update the bar and log a line, each only if it is due."""
        outputs, batch, batch_idx = arguments
        self._reviews += len(batch.labels)
        self._steps += 1
        now = time.perf_counter()
        if now - self._logged >= LINE_SECONDS:
            self._logged = now
            examples = "images" if pl_module.inputs == "images" else "reviews"
            done = f"step {batch_idx + 1:,} of {int(trainer.num_training_batches):,}"
            speed = self._speed(trainer, examples, batch_idx + 1, now)
            self._log(trainer, f"{done}  loss {float(outputs['loss']):.4f}  {speed}")
        if self._bar is None or now - self._drawn < REDRAW_SECONDS:
            return
        self._drawn = now
        self._bar.update(self._bar.task_ids[0], completed=batch_idx + 1, refresh=True)

    def on_validation_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Log a line about the validation if one is due."""
        now = time.perf_counter()
        if now - self._logged >= LINE_SECONDS:
            self._logged = now
            done, total = arguments[2] + 1, int(sum(trainer.num_val_batches))
            self._log(trainer, f"validation {done:,} of {total:,}")

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Note that this epoch has validation metrics."""
        self._validated = True

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Replace the bar with the epoch's line."""
        self._clear()
        if trainer.is_global_zero:
            splits = ("train", "val") if self._validated else ("train",)
            figures = (_figures(trainer.callback_metrics, split) for split in splits)
            seconds = time.perf_counter() - self._began
            log.info("%s  %.1f s", "  ".join(filter(None, [_epoch(trainer), *figures])), seconds)

    @override
    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Remove the bar from the terminal."""
        self._clear()

    def _speed(self, trainer: pl.Trainer, examples: str, done: int, now: float) -> str:
        """Format the speed of training and the remaining time of the epoch.

        Args:
            trainer: the trainer.
            examples: a plural noun for what the model reads.
            done: number of steps in this epoch so far.
            now: the time.
        """
        seconds = now - self._began
        rate = self._reviews * trainer.world_size / seconds
        remaining = (int(trainer.num_training_batches) - done) * seconds / self._steps
        return f"{rate:,.0f} {examples}/s  {remaining:.0f} s left"

    def _log(self, trainer: pl.Trainer, text: str) -> None:
        if trainer.is_global_zero:
            log.info("%s  %s", _epoch(trainer), text, extra=FOR_FILES)

    def _clear(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _figures(metrics: Mapping[str, Any], split: str) -> str:
    names = {f"{split}/{name}": short for name, short in SHOWN.items()}
    figures = [f"{names[n]} {float(metrics[n]):.4f}" for n in names if n in metrics]
    return f"{split} {' '.join(figures)}" if figures else ""


def _epoch(trainer: pl.Trainer) -> str:
    number = trainer.current_epoch + 1
    if trainer.max_epochs is None or trainer.max_epochs < 0:
        return f"epoch {number}"
    return f"epoch {number:>{len(str(trainer.max_epochs))}}/{trainer.max_epochs}"
