"""Remember every epoch's metrics and how long it took; step the schedules that watch one."""

import math
import time
from typing import Any, Literal

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

Mode = Literal["min", "max"]


def is_better(value: float, best: float, mode: Mode) -> bool:
    """Tell whether `value` beats `best`; anything beats NaN, and NaN beats nothing."""
    if math.isnan(best):
        return not math.isnan(value)
    return value < best if mode == "min" else value > best


class Curves(Checkpoint):
    """The history of a run, a dictionary an epoch; it travels in the checkpoint.

    epochs: `epoch` (from 0), `step`, the `lr` of its last step, `seconds`, and every metric that it
        measured.
    train_seconds, validation_seconds: wall time over all epochs, interruptions left out.

    A `Checkpoint` by type only: Lightning calls those last at an epoch's end, when the metrics are
    all there.
    """

    def __init__(self, monitor: str, mode: Mode) -> None:
        self.monitor = monitor
        self.mode: Mode = mode
        self.epochs: list[dict[str, float]] = []
        self.train_seconds = 0.0
        self.validation_seconds = 0.0
        self._epoch_began = self._part_began = time.perf_counter()
        self._validated = False
        self._lr = math.nan

    @property
    def best_epoch(self) -> int | None:
        """The first of the best by `monitor`; the last where there was nothing to choose by."""
        measured = [epoch for epoch, record in enumerate(self.epochs) if self.monitor in record]
        if not measured:
            return len(self.epochs) - 1 if self.epochs else None
        best = measured[0]
        for epoch in measured:
            value, best_value = (self.epochs[number][self.monitor] for number in (epoch, best))
            if is_better(value, best_value, self.mode):
                best = epoch
        return best

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock: an epoch that is gone on with has no start."""
        self.on_train_epoch_start(trainer, pl_module)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._epoch_began = self._part_began = time.perf_counter()
        self._validated = False

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: Optimizer
    ) -> None:
        """Note the learning rate; when the epoch ends it is the next epoch's already."""
        self._lr = optimizer.param_groups[0]["lr"]

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop the training clock."""
        self.train_seconds += self._lap()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop the validation clock."""
        self.validation_seconds += self._lap()
        self._validated = True

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep the epoch."""
        self.train_seconds += self._lap()
        metrics = {
            name: seven_digits(value)
            for name, value in trainer.callback_metrics.items()
            if self._validated or not name.startswith("val/")  # else an earlier epoch's
        }
        self.epochs.append(
            {
                "epoch": trainer.current_epoch,
                "step": trainer.global_step,
                "lr": self._lr,
                "seconds": time.perf_counter() - self._epoch_began,
                **metrics,
            }
        )

    def state_dict(self) -> dict[str, Any]:
        """The history so far, the part of an epoch that has been trained included."""
        return {
            "epochs": self.epochs,
            "train_seconds": self.train_seconds + time.perf_counter() - self._part_began,
            "validation_seconds": self.validation_seconds,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a history."""
        self.epochs = state_dict["epochs"]
        self.train_seconds = state_dict["train_seconds"]
        self.validation_seconds = state_dict["validation_seconds"]

    def _lap(self) -> float:
        now = time.perf_counter()
        seconds, self._part_began = now - self._part_began, now
        return seconds


class Plateau(Checkpoint):
    """Shows each finished epoch's metric to the schedule before the epoch is saved.

    Lightning would do so after that, and not at all in an epoch that was resumed: the learning rate
    of a resumed run would not be that of one that was never stopped.

    A `Checkpoint` by type only, as `Curves` is; it has to stand behind them.
    """

    def __init__(self, curves: Curves) -> None:
        self._curves = curves

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Step, unless the budget has cut the epoch short or it measured no such metric."""
        measured = self._curves.epochs[-1]
        for config in trainer.lr_scheduler_configs:
            finished = trainer.is_last_batch and config.monitor in measured
            if finished and isinstance(config.scheduler, ReduceLROnPlateau):
                config.scheduler.step(measured[str(config.monitor)])


def seven_digits(value: Tensor | float) -> float:
    """The number that a float32 stands for: it carries seven digits, and the rest is noise."""
    return float(f"{float(value):.7g}")
