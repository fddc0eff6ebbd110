"""Keep the best epoch and the last step on disk, so that a run can be used and gone on with."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins import TorchCheckpointIO
from pytorch_lightning.callbacks import Callback, Checkpoint, Timer
from torch import Tensor

from reviewlab.callbacks.curves import Curves
from reviewlab.nn.ranks import generator_states, of_all_ranks, set_generator_states
from reviewlab.ranges import PositiveInt
from reviewlab.runs.files import atomic_path, share_file
from reviewlab.runs.folder import RunFolder

CheckpointContent = dict[str, Any]
"""The content of a checkpoint, as Lightning hands it to its callbacks and writes it."""


class Checkpoints(Checkpoint):
    """Writes `last.ckpt` after every epoch, and `best.ckpt` when the epoch is the best so far.

    Which epoch is the best is for `Curves` to say. An epoch that the budget cuts short is kept as
    it stands between its last two steps, so that the run goes on within it if the budget grows; a
    time limit waits for a step as a signal does.

    every_n_steps: write `last.ckpt` also within an epoch, for epochs too long to be lost.

    The checkpoint holds for every rank the state of its random generators and what it has measured
    of the epoch in hand, so that a resumed run draws and measures what the interrupted one would
    have. Lightning runs a `Checkpoint` after everything else that an epoch's end calls, so that
    what it saves is complete.
    """

    def __init__(self, every_n_steps: PositiveInt | None = None) -> None:
        self.every_n_steps = every_n_steps
        self._is_best = self._stops_early = False
        self._resumed: dict[str, bool] | None = None
        self._generators: dict[str, Tensor] | None = None

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Link the best epoch, should the run have been killed between its save and its link."""
        if self._resumed is not None and self._resumed["is_best"]:
            _link_best(trainer)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take up the random generators where the checkpoint left them, and a decision to stop."""
        if self._resumed is None:
            return
        if self._generators is not None:
            set_generator_states(self._generators, pl_module.device)
        trainer.should_stop = self._resumed["should_stop"]
        self._resumed = None

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Save between steps; the epoch's last step is saved with the epoch."""
        if not within_epoch(trainer, batch_idx=arguments[-1]):
            if trainer.should_stop and not trainer.is_last_batch and time_is_up(trainer):
                trainer.should_stop = False  # the clock is read again after the next batch
            return
        step = trainer.global_step
        due = self.every_n_steps is not None and step % self.every_n_steps == 0
        if due or trainer.should_stop or step == trainer.max_steps:
            self.save_last(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save the epoch; one that was cut short has been saved at its last step."""
        [curves] = [callback for callback in _callbacks(trainer) if isinstance(callback, Curves)]
        is_best = curves.best_epoch == len(curves.epochs) - 1
        if trainer.is_last_batch:
            self.save_last(trainer, is_best)
        if is_best:
            _link_best(trainer)

    def save_last(self, trainer: pl.Trainer, is_best: bool = False) -> None:
        """Write `last.ckpt`; on several devices every rank has to call this.

        is_best: whether it is an epoch that `best.ckpt` will be linked to.
        """
        self._is_best = is_best
        self._stops_early = trainer.should_stop and not time_is_up(trainer)
        trainer.save_checkpoint(_folder(trainer).last_checkpoint)

    def state_dict(self) -> dict[str, bool]:
        """Return what a resumed run needs to link and to stop as this one would have."""
        return {"is_best": self._is_best, "should_stop": self._stops_early}

    def load_state_dict(self, state_dict: dict[str, bool]) -> None:
        """Remember the state until the training starts."""
        self._resumed = state_dict

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: CheckpointContent
    ) -> None:
        """Add what is each rank's own."""
        own = {
            "generators": generator_states(pl_module.device),
            "unfinished_epoch": pl_module.unfinished_epoch(),
        }
        checkpoint["ranks"] = of_all_ranks(own, trainer.world_size)

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: CheckpointContent
    ) -> None:
        """Take up this rank's part; where there are fewer ranks now, those of others with it."""
        parts = checkpoint["ranks"][trainer.global_rank :: trainer.world_size]
        for part in parts:
            pl_module.go_on_with(part["unfinished_epoch"])
        self._generators = parts[0]["generators"] if parts else None


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target and renames: a checkpoint is either whole or absent.

    Lightning's own writes to the system's temporary folder and moves from there, which copies, and
    can be cut short, where that folder is on another disk. The bytes are made in memory first: of a
    full disk torch says only that some position was unexpected, and holds on to the file.
    """

    def save_checkpoint(
        self, checkpoint: CheckpointContent, path: Any, storage_options: Any | None = None
    ) -> None:
        """Write `checkpoint` to `path`."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        for stale in target.parent.glob(f".{target.name}.*.tmp"):  # of a run killed while it wrote
            stale.unlink(missing_ok=True)
        buffer = BytesIO()
        torch.save(checkpoint, buffer)
        with atomic_path(target) as temporary:
            temporary.write_bytes(buffer.getbuffer())


def within_epoch(trainer: pl.Trainer, batch_idx: int) -> bool:
    """Tell whether an optimizer step was made just now that was not the epoch's last.

    Gradients that are being accumulated are in no checkpoint.
    """
    stepped = (batch_idx + 1) % trainer.accumulate_grad_batches == 0
    return stepped and not trainer.is_last_batch


def time_is_up(trainer: pl.Trainer) -> bool:
    """Tell whether a time limit is over, by the first rank's clock as in Lightning."""
    timers = (callback for callback in _callbacks(trainer) if isinstance(callback, Timer))
    left = [timer.time_remaining() for timer in timers]
    is_up = any(seconds is not None and seconds <= 0 for seconds in left)
    return trainer.strategy.broadcast(is_up)


def _callbacks(trainer: pl.Trainer) -> list[Callback]:
    callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]
    return callbacks


def _folder(trainer: pl.Trainer) -> RunFolder:
    return RunFolder(Path(trainer.default_root_dir))


def _link_best(trainer: pl.Trainer) -> None:
    """Let `best.ckpt` be what `last.ckpt` is now."""
    if trainer.is_global_zero:
        folder = _folder(trainer)
        share_file(folder.last_checkpoint, folder.best_checkpoint)
