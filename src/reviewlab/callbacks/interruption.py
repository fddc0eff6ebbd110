"""End a run between two steps when a signal arrives."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Checkpoint

from reviewlab.callbacks.checkpoints import Checkpoints, within_epoch
from reviewlab.console.exit import handle_signals, install_handler, run_signals


class Interrupted(BaseException):
    """A signal ended the run; `last.ckpt` holds the last step, if any was made.

    Like `KeyboardInterrupt` it is no `Exception`, since it can be raised anywhere: code that
    catches all errors, to explain them or to go on without a file, must not catch it.

    Args:
        number: the signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.number = number


class Interruption(Checkpoint):
    """Catches signals, saves `last.ckpt` after the current step, and raises `Interrupted`.

    The signals are `run_signals`.

    The handler only sets a flag: a checkpoint written within a step cannot be resumed exactly.
    Outside training, and at a second Ctrl-C, it raises at once. Any other signal may arrive twice,
    for example from SLURM and from the job's parent process, so repeating it changes nothing. All
    ranks stop after the same step, whichever of them received the signal.

    Only Python's main thread can handle signals. Training in another thread ignores them: the
    program that started the thread decides what a signal does.

    Attributes:
        stepped: the epochs in which this process has made a step.
    """

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints
        self._training = False
        self._number: int | None = None
        self._raised: int | None = None
        self.stepped: set[int] = set()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Handle the signals in the `with` block; restore the previous handlers afterwards.

        Native code in which `Interrupted` is raised may replace it by an error of its own, as
        matplotlib does. Then the block ends by `Interrupted` all the same.
        """
        try:
            with handle_signals(dict.fromkeys(run_signals(), self._handle)):
                yield
        except Exception as error:
            if self._raised is None:
                raise
            raise Interrupted(self._raised) from error

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From now on, when a signal arrives, finish the current step before stopping."""
        self._listen()
        self._training = True

    def on_test_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop at once if a signal arrives: a test has nothing to finish or save."""
        self._listen()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Save and stop, unless the epoch is about to end and will be saved with its metrics."""
        self.stepped.add(trainer.current_epoch)
        if not within_epoch(trainer, batch_idx=arguments[-1]):
            return
        number = self._received(trainer)
        if number is not None:
            self._checkpoints.save_last(trainer)
            raise Interrupted(number)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop after the epoch, which has just been saved."""
        number = self._received(trainer)
        if number is not None:
            raise Interrupted(number)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From now on, stop at once if a signal arrives: nothing is left to save."""
        self._training = False

    def _listen(self) -> None:
        """Handle the signals, replacing Lightning's handler, which would interrupt a step."""
        for number in run_signals():
            install_handler(number, self._handle)

    def _received(self, trainer: pl.Trainer) -> int | None:
        """Return the signal that any rank has received, or None; all ranks must call this."""
        if trainer.world_size == 1:
            return self._number
        number = torch.tensor(self._number or 0, device=trainer.strategy.root_device)
        return int(trainer.strategy.reduce(number, reduce_op="max")) or None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._training or (self._number is not None and number == signal.SIGINT):
            self._raised = number
            raise Interrupted(number)
        self._number = number
