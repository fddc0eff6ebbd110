"""Keeps the best epoch and the last step on disk, so that a run can be used and gone on with."""

import math
import os
from pathlib import Path
from typing import Any, Literal

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor

from reviewlab.ranges import PositiveInt

Mode = Literal["min", "max"]


def is_better(value: float, best: float, mode: Mode) -> bool:
    """Whether `value` beats `best`; anything beats NaN, and NaN beats nothing."""
    if math.isnan(best):
        return not math.isnan(value)
    return value < best if mode == "min" else value > best


def cuda_in_use() -> bool:
    """Whether this process has touched a GPU; asking more would wake one for a run on the CPU."""
    return bool(torch.cuda.is_initialized())  # type: ignore[no-untyped-call]


class Checkpoints(Checkpoint):
    """Writes `last.ckpt` after every epoch, and `best.ckpt` when the epoch is the best so far.

    monitor, mode: which metric decides, and whether small or large is good. In a run without a
    validation split nothing decides, and the last epoch is the best.
    every_n_steps: write `last.ckpt` also within an epoch, for epochs too long to be lost.

    The checkpoint holds the state of the random generators, so that a resumed run draws what the
    interrupted one would have drawn. Lightning runs a `Checkpoint` after everything else that an
    epoch's end calls, so that what it saves is complete.
    """

    def __init__(
        self,
        monitor: str = "val/loss",
        mode: Mode = "min",
        every_n_steps: PositiveInt | None = None,
    ) -> None:
        self.monitor = monitor
        self.mode: Mode = mode
        self.every_n_steps = every_n_steps
        self.best_value = math.nan
        self._trainer_stops = False
        self._resumed: dict[str, Any] | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take up the random generators where the checkpoint left them, and a decision to stop."""
        if self._resumed is None:
            return
        torch.set_rng_state(self._resumed["cpu_generator"])
        if self._resumed["device_generators"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(self._resumed["device_generators"])
        trainer.should_stop = self._resumed["should_stop"]
        self._resumed = None

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Save between steps; the epoch's last step is saved with the epoch."""
        if self.every_n_steps is None or trainer.is_last_batch:
            return
        if trainer.global_step % self.every_n_steps == 0:
            self.save_last(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save the epoch."""
        value = float(trainer.callback_metrics.get(self.monitor, math.nan))
        best = self._is_best(trainer, value)
        if best:
            self.best_value = value
        last = self.save_last(trainer)
        if best and trainer.is_global_zero:
            _share(last, last.with_name("best.ckpt"))

    def save_last(self, trainer: pl.Trainer) -> Path:
        """Write `last.ckpt`; on several devices every rank has to call this."""
        self._trainer_stops = trainer.should_stop
        path = Path(trainer.default_root_dir) / "checkpoints" / "last.ckpt"
        trainer.save_checkpoint(path)
        return path

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to save and to draw as this one would have."""
        devices: list[Tensor] = torch.cuda.get_rng_state_all() if cuda_in_use() else []
        return {
            "best_value": self.best_value,
            "should_stop": self._trainer_stops,
            "cpu_generator": torch.get_rng_state(),
            "device_generators": devices,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Remember the state until the training starts."""
        self.best_value = state_dict["best_value"]
        self._resumed = state_dict

    def _is_best(self, trainer: pl.Trainer, value: float) -> bool:
        if self.monitor not in trainer.callback_metrics or trainer.current_epoch == 0:
            return True
        return is_better(value, self.best_value, self.mode)


def _share(source: Path, target: Path) -> None:
    """Link `target` to the file that `source` is now; the next save replaces `source`."""
    temporary = target.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    os.link(source, temporary)
    temporary.replace(target)
