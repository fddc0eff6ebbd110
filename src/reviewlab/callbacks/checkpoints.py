"""Save the best epoch and the last step, so that a run can be used and resumed."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins import TorchCheckpointIO
from pytorch_lightning.callbacks import Callback, Checkpoint, Timer
from torch import Tensor
from typing_extensions import override

from reviewlab.callbacks.curves import Curves
from reviewlab.callbacks.states import refuse_other_kinds
from reviewlab.nn.kernels import kernel_of
from reviewlab.nn.ranks import generator_states, of_all_ranks, set_generator_states
from reviewlab.ranges import PositiveInt
from reviewlab.runs.archive import check_archive
from reviewlab.runs.atomic import atomic_path, share_file
from reviewlab.runs.folder import RunFolder

CheckpointContent = dict[str, Any]
"""The content of a checkpoint, as Lightning passes it to callbacks and writes it."""


class Checkpoints(Checkpoint):
    """Writes `last.ckpt` after every epoch, and `best.ckpt` when the epoch is the best so far.

    `Curves` decides which epoch is best. If a limit cuts an epoch short, the checkpoint is written
    after its last step, so that a run with a higher limit continues within the epoch. A time limit
    takes effect after a step, just as a signal does.

    For every rank, the checkpoint holds the state of the random generators and the predictions made
    so far in an unfinished epoch, so that a resumed run draws and measures exactly what an
    uninterrupted one would. It also names the implementation of the recurrent layers, because
    another one rounds differently. Lightning calls a `Checkpoint` last at the end of an epoch, so
    the saved state is complete.

    Args:
        every_n_steps: number of steps between two writes of `last.ckpt` within an epoch, so that
            less of a long epoch can be lost; None to write it only after whole epochs.
    """

    def __init__(self, every_n_steps: PositiveInt | None = None) -> None:
        self.every_n_steps = every_n_steps
        self._is_best = self._stops_early = False
        self._resumed: dict[str, bool] | None = None
        self._generators: dict[str, Tensor] | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Restore the random generators, and any decision to stop, from the checkpoint."""
        if self._resumed is None:
            return
        if self._generators is not None:
            set_generator_states(self._generators, pl_module.device)
        trainer.should_stop = self._resumed["should_stop"]
        self._complete_best(trainer)

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Complete a run that was killed after its last step; nothing is left to train."""
        self._complete_best(trainer)

    def _complete_best(self, trainer: pl.Trainer) -> None:
        """Link `best.ckpt` to `last.ckpt` if the run was killed after it saved a best epoch.

        By now everything in `last.ckpt` has been restored. If it is damaged, `best.ckpt` stays.
        """
        if self._resumed is not None and self._resumed["is_best"]:
            _link_best(trainer)
        self._resumed = None

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Save within an epoch if a save is due; `on_train_epoch_end` saves the last step."""
        if not within_epoch(trainer, batch_idx=arguments[-1]):
            if trainer.should_stop and not trainer.is_last_batch and time_is_up(trainer):
                trainer.should_stop = False  # the timer is checked again after the next batch
            return
        step = trainer.global_step
        due = self.every_n_steps is not None and step % self.every_n_steps == 0
        if due or trainer.should_stop or step == trainer.max_steps:
            self.save_last(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save the epoch; if a limit cut it short, its last step is saved already.

        If a loss was not finite, training ends, and the checkpoints of the epochs before stay.
        """
        [curves] = [callback for callback in _callbacks(trainer) if isinstance(callback, Curves)]
        is_best = curves.best_epoch == len(curves.epochs) - 1
        if curves.diverged:
            trainer.should_stop = True
            if not is_best:
                return
        if trainer.is_last_batch:
            self.save_last(trainer, is_best)
        if is_best:
            _link_best(trainer)

    def save_last(self, trainer: pl.Trainer, is_best: bool = False) -> None:
        """Write `last.ckpt`; if there are several ranks, each of them must call this.

        Args:
            trainer: the trainer.
            is_best: True if `best.ckpt` will be linked to this checkpoint.
        """
        self._is_best = is_best
        self._stops_early = trainer.should_stop and not time_is_up(trainer)
        trainer.save_checkpoint(_folder(trainer).last_checkpoint)

    def state_dict(self) -> dict[str, bool]:
        """Return whether the saved epoch is the best, and whether training is about to stop."""
        return {"is_best": self._is_best, "should_stop": self._stops_early}

    def load_state_dict(self, state_dict: dict[str, bool]) -> None:
        """Keep the checkpoint's state until training starts."""
        self._resumed = state_dict

    @override
    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: CheckpointContent
    ) -> None:
        """Add each rank's generators and unfinished epoch, and the recurrent implementation."""
        own = {
            "generators": generator_states(pl_module.device),
            "unfinished_epoch": pl_module.unfinished_epoch(),
        }
        checkpoint["ranks"] = of_all_ranks(own, trainer.world_size)
        kernel = kernel_of(pl_module)
        if kernel is not None:
            checkpoint["kernel"] = kernel.as_record()

    @override
    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: CheckpointContent
    ) -> None:
        """Restore this rank's state, and that of some former ranks if there are fewer now.

        Raises:
            ValueError: the batches of an unfinished epoch do not fit each other or the classes, or
                another callback's state is of other kinds than it saves.
        """
        refuse_other_kinds(_callbacks(trainer), checkpoint["callbacks"])
        parts = checkpoint["ranks"][trainer.global_rank :: trainer.world_size]
        for part in parts:
            _check_batches(part["unfinished_epoch"], pl_module)
            pl_module.resume_epoch(part["unfinished_epoch"])
        # As a tensor, it would be indexed by names later, at which torch warns before it fails.
        self._generators = dict(parts[0]["generators"]) if parts else None


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes under a temporary name and renames: a checkpoint is either complete or absent.

    Lightning writes to the system's temporary folder and moves the file; if that folder is on
    another disk, the move is a copy that can be cut short. The bytes are first built in memory,
    because on a full disk torch reports only an unexpected position, and leaves the file open.
    """

    @override
    def save_checkpoint(
        self, checkpoint: CheckpointContent, path: Any, storage_options: Any | None = None
    ) -> None:
        """Write `checkpoint` to `path`."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        buffer = BytesIO()
        torch.save(checkpoint, buffer)
        # An error that keeps the view alive would make Python complain later (cpython 111331).
        with buffer.getbuffer() as content, atomic_path(target) as temporary:
            temporary.write_bytes(content)

    @override
    def load_checkpoint(self, path: Any, *arguments: Any, **named: Any) -> CheckpointContent:
        """Read a checkpoint; Lightning itself would not notice that its bytes have changed.

        Raises:
            InputError: the file is damaged.
        """
        check_archive(path)
        content: CheckpointContent = super().load_checkpoint(path, *arguments, **named)
        return content


def within_epoch(trainer: pl.Trainer, batch_idx: int) -> bool:
    """Test if an optimizer step has just been made that was not the last of its epoch.

    Between two optimizer steps gradients are accumulated, and checkpoints do not contain gradients.
    """
    stepped = (batch_idx + 1) % trainer.accumulate_grad_batches == 0
    return stepped and not trainer.is_last_batch


def time_is_up(trainer: pl.Trainer) -> bool:
    """Test if a time limit has been reached, by the first rank's clock as in Lightning."""
    timers = (callback for callback in _callbacks(trainer) if isinstance(callback, Timer))
    remaining = [timer.time_remaining() for timer in timers]
    is_up = any(seconds is not None and seconds <= 0 for seconds in remaining)
    return trainer.strategy.broadcast(is_up)


def _check_batches(unfinished_epoch: dict[str, list[Tensor]], classifier: Any) -> None:
    classes, width = len(classifier.label_names), classifier.objective.num_outputs
    batches = zip(unfinished_epoch["outputs"], unfinished_epoch["labels"], strict=True)
    for outputs, labels in batches:
        if outputs.shape != (len(labels), width):
            raise ValueError("the outputs of the unfinished epoch do not fit its labels")
        if not ((labels >= 0) & (labels < classes)).all():
            raise ValueError("the unfinished epoch has labels without a class")


def _callbacks(trainer: pl.Trainer) -> list[Callback]:
    callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]
    return callbacks


def _folder(trainer: pl.Trainer) -> RunFolder:
    return RunFolder(Path(trainer.default_root_dir))


def _link_best(trainer: pl.Trainer) -> None:
    """Make `best.ckpt` the same as the current `last.ckpt`."""
    if trainer.is_global_zero:
        folder = _folder(trainer)
        share_file(folder.last_checkpoint, folder.best_checkpoint)
