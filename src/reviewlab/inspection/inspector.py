"""Base classes of the callbacks that inspect a model in training and write to TensorBoard."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import TensorBoardLogger
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from reviewlab.inspection.budget import LIMIT, Budget
from reviewlab.ranges import PositiveInt

log = logging.getLogger(__name__)

CallbackState = dict[str, Any]
"""The state of a callback, which Lightning saves in checkpoints; each class has its own keys."""

TOO_SHORT = "the training is too short for {0}; callbacks.{0}.every_n_epochs=1 draws it anyway"
NOT_AT_THE_END = "no time was left to draw {0} at the end; the last drawing is from step {1}"


class Inspector(Callback):
    """Base of callbacks that write to TensorBoard and never change what is trained.

    A subclass overrides `lacks` to name what it needs but cannot find. With several processes,
    only the first one writes.

    Args:
        first_seconds: assumed duration of an inspection, in seconds, until one has been measured.
    """

    def __init__(self, first_seconds: float) -> None:
        self.budget = Budget(first_seconds)
        self.writer: SummaryWriter | None = None

    @property
    def key(self) -> str:
        """The callback's name in `conf/callbacks`, which is also its module's name."""
        return type(self).__module__.rpartition(".")[2]

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Name briefly what this callback needs but cannot find; None if nothing is missing."""
        return None

    def state_dict(self) -> CallbackState:
        """Return the time spent on inspections."""
        return {"budget": self.budget.state_dict()}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Restore the time spent on inspections; it is 0 for an older checkpoint that lacks it."""
        if "budget" in state_dict:
            self.budget.load_state_dict(state_dict["budget"])

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find TensorBoard's writer, or log why this callback has nothing to write."""
        self.budget.start()
        if not trainer.is_global_zero:
            return
        writer = _tensorboard(trainer)
        missing = "logger=tensorboard" if writer is None else self.lacks(trainer, pl_module)
        if missing is None:
            self.writer = writer
        else:
            log.info("%s has nothing to show without %s", self.key, missing)


class EpochInspector(Inspector):
    """Draws at the end of epochs, and at the end of training.

    Args:
        first_seconds: assumed duration of the first drawing, in seconds; it takes the longest.
        every_n_epochs: number of epochs between drawings; the end of training is drawn as well.
            None draws as often as 3 % of the training time allows, and reserves time for the end.
    """

    ends_alone = False
    """True to draw nothing between the start and the end if `every_n_epochs` is None."""

    def __init__(self, first_seconds: float, every_n_epochs: PositiveInt | None) -> None:
        super().__init__(first_seconds)
        self.every_n_epochs = every_n_epochs
        self._drawn = -1

    def state_dict(self) -> CallbackState:
        """Return the time spent on drawing, and the step of the last drawing."""
        return {**super().state_dict(), "drawn": self._drawn}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Restore the time spent and the step of the last drawing."""
        super().load_state_dict(state_dict)
        self._drawn = state_dict.get("drawn", -1)

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write pictures or texts of the model in its current state.

        Args:
            trainer: the trainer, which provides the data and the step, `trainer.global_step`.
            model: the classifier.
            writer: TensorBoard's writer.
        """
        raise NotImplementedError

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw if a drawing is due."""
        if self._due(trainer.current_epoch + 1):
            self._draw(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw the final state, unless it has been drawn; log a message if no time is left."""
        if self.writer is None or self._drawn == trainer.global_step:
            return
        if self.every_n_epochs is not None or self.budget.affords(share=LIMIT):
            self._draw(trainer, pl_module)
        else:
            message = TOO_SHORT if self._drawn < 0 else NOT_AT_THE_END
            log.info(message.format(self.key, self._drawn))

    def _due(self, epochs: int) -> bool:
        if self.every_n_epochs is None:
            return not self.ends_alone and self.budget.affords(looks=2)
        return epochs % self.every_n_epochs == 0

    def _draw(self, trainer: pl.Trainer, model: pl.LightningModule) -> None:
        if self.writer is not None:
            with self.budget.look():
                self.draw(trainer, model, self.writer)
            self._drawn = trainer.global_step


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Put a model in evaluation mode, without gradients, within this block.

    Each module's mode is restored afterwards.
    """
    trained = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in trained:
            module.training = True


def held_out(trainer: pl.Trainer) -> Any:
    """Return the validation split's loader, or the training split's if nothing is held out."""
    return trainer.val_dataloaders or trainer.train_dataloader


def _tensorboard(trainer: pl.Trainer) -> SummaryWriter | None:
    for logger in trainer.loggers:
        if isinstance(logger, TensorBoardLogger):
            writer: SummaryWriter = logger.experiment
            return writer
    return None
