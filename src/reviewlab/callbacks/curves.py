"""Record the metrics and time of every epoch; step the schedules that watch a metric."""

import math
import time
from collections.abc import Mapping
from typing import Any, Literal

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau
from typing_extensions import override

Mode = Literal["min", "max"]


def is_better(value: float, best: float, mode: Mode) -> bool:
    """Test if `value` beats `best`; any number beats NaN, and NaN beats nothing.

    Args:
        value: the new value.
        best: the best value so far.
        mode: "min" if lower is better, "max" if higher is.
    """
    if math.isnan(best):
        return not math.isnan(value)
    return value < best if mode == "min" else value > best


def has_finite_losses(metrics: Mapping[str, float]) -> bool:
    """Test if all losses among an epoch's metrics are finite."""
    return all(math.isfinite(v) for name, v in metrics.items() if name.endswith("loss"))


class Curves(Checkpoint):
    """Records the history of a run, one dictionary per epoch; checkpoints contain it too.

    It is a subclass of `Checkpoint` only because Lightning calls these callbacks last at the end of
    an epoch, when all metrics are available.

    Args:
        monitor: the metric that decides which epoch is the best.
        mode: "min" if lower is better, "max" if higher is.

    Attributes:
        epochs: one dictionary per epoch: `epoch` (from 0), `step`, `lr` (the learning rate of the
            last step), `seconds`, and the epoch's metrics.
        train_seconds: wall time of training over all epochs, excluding interruptions.
        validation_seconds: wall time of validation over all epochs, excluding interruptions.
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
        """The first epoch with the best `monitor`; the last epoch if no epoch has `monitor`.

        An epoch in which a loss was not finite is only chosen if there is no other.
        """
        finite = [epoch for epoch, record in enumerate(self.epochs) if has_finite_losses(record)]
        candidates = finite or [*range(len(self.epochs))]
        measured = [epoch for epoch in candidates if self.monitor in self.epochs[epoch]]
        if not measured:
            return candidates[-1] if candidates else None
        best = measured[0]
        for epoch in measured:
            value, best_value = (self.epochs[number][self.monitor] for number in (epoch, best))
            if is_better(value, best_value, self.mode):
                best = epoch
        return best

    @property
    def diverged(self) -> bool:
        """True if a loss of the last epoch was not finite."""
        return bool(self.epochs) and not has_finite_losses(self.epochs[-1])

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock: Lightning calls no `on_train_epoch_start` if an epoch is resumed."""
        self.on_train_epoch_start(trainer, pl_module)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._epoch_began = self._part_began = time.perf_counter()
        self._validated = False

    @override
    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: Optimizer
    ) -> None:
        """Record the learning rate before the end of the epoch changes it."""
        self._lr = optimizer.param_groups[0]["lr"]

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop timing the training, and start timing the validation."""
        self.train_seconds += self._lap()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop timing the validation, and resume timing the training."""
        self.validation_seconds += self._lap()
        self._validated = True

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Add the epoch to the history."""
        self.train_seconds += self._lap()
        metrics = {
            name: seven_digits(value)
            for name, value in trainer.callback_metrics.items()
            if self._validated or not name.startswith("val/")  # else they are an earlier epoch's
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
        """Return the history so far, including the time of an unfinished epoch."""
        return {
            "epochs": self.epochs,
            "train_seconds": self.train_seconds + time.perf_counter() - self._part_began,
            "validation_seconds": self.validation_seconds,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the history.

        Raises:
            ValueError: the history is damaged.
        """
        for record in state_dict["epochs"]:
            if not all(isinstance(value, int | float) for value in dict(record).values()):
                raise ValueError("the curves have values that are not numbers")
        self.epochs = list(state_dict["epochs"])
        self.train_seconds = float(state_dict["train_seconds"])
        self.validation_seconds = float(state_dict["validation_seconds"])

    def _lap(self) -> float:
        now = time.perf_counter()
        seconds, self._part_began = now - self._part_began, now
        return seconds


class Plateau(Checkpoint):
    """Steps the schedulers that watch a metric, before the epoch is saved.

    Lightning would step them after the save, and not at all in a resumed epoch, so a resumed run
    would have different learning rates from an uninterrupted one.

    Like `Curves`, it is a `Checkpoint` only so that it is called last; list it after `Curves`.
    """

    def __init__(self, curves: Curves) -> None:
        self._curves = curves

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Step the schedulers, unless a limit cut the epoch short or the metric is missing."""
        measured = self._curves.epochs[-1]
        for config in trainer.lr_scheduler_configs:
            finished = trainer.is_last_batch and config.monitor in measured
            if finished and isinstance(config.scheduler, ReduceLROnPlateau):
                config.scheduler.step(measured[str(config.monitor)])


def seven_digits(value: Tensor | float) -> float:
    """Round to seven significant digits, the precision of a float32; further digits are noise."""
    return float(f"{float(value):.7g}")
