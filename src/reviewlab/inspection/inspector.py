"""The base of everything that looks into a model while it trains: when it looks, and where to."""

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
"""The state of a callback, which Lightning keeps in checkpoints; its keys are each class's own."""

TOO_SHORT = "too short a training for {0}; callbacks.{0}.every_n_epochs=1 draws it anyway"


class Inspector(Callback):
    """Writes what it sees into TensorBoard; it never changes what is trained.

    A subclass says in `lacks` what it would need and does not find. Of several processes the first
    one writes.
    """

    def __init__(self, first_seconds: float) -> None:
        self.budget = Budget(first_seconds)
        self.writer: SummaryWriter | None = None

    @property
    def key(self) -> str:
        """Its name in `conf/callbacks`, which is that of its module."""
        return type(self).__module__.rpartition(".")[2]

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Name what is missing for there to be anything to see, in a few words."""
        return None

    def state_dict(self) -> CallbackState:
        """The time that was spent."""
        return {"budget": self.budget.state_dict()}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Go on from it; a run that began before looking was counted begins to count."""
        if "budget" in state_dict:
            self.budget.load_state_dict(state_dict["budget"])

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find the place to write to, or say why there is nothing to write."""
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
    """Draws at the end of epochs, and what the training has come to at its end.

    first_seconds: what a first drawing is taken to cost, which is dearer than any other.
    every_n_epochs: how often, and the end always; null draws as often as 3 % of the training's
        time allow, with that of the end kept in reserve.
    ends_alone: of a subclass: null draws nothing between the beginning and the end.
    """

    ends_alone = False

    def __init__(self, first_seconds: float, every_n_epochs: PositiveInt | None) -> None:
        super().__init__(first_seconds)
        self.every_n_epochs = every_n_epochs
        self._drawn = -1

    def state_dict(self) -> CallbackState:
        """The time that was spent, and the step of the last drawing."""
        return {**super().state_dict(), "drawn": self._drawn}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Go on from there."""
        super().load_state_dict(state_dict)
        self._drawn = state_dict.get("drawn", -1)

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write pictures or texts of the model as it is, at `trainer.global_step`."""
        raise NotImplementedError

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw where it is time to."""
        if self._due(trainer.current_epoch + 1):
            self._draw(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw the end, unless its last epoch was drawn, or say why not."""
        if self.writer is None or self._drawn == trainer.global_step:
            return
        if self.every_n_epochs is not None or self.budget.affords(share=LIMIT):
            self._draw(trainer, pl_module)
        else:
            message = (
                TOO_SHORT if self._drawn < 0 else "no time for the end of {0}, drawn at step {1}"
            )
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
def looking(model: nn.Module) -> Iterator[None]:
    """The model in evaluation, without gradients; as it was before, afterwards."""
    trained = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in trained:
            module.training = True


def held_out(trainer: pl.Trainer) -> Any:
    """The loader of the validation split, or of the training one where nothing is held out."""
    return trainer.val_dataloaders or trainer.train_dataloader


def _tensorboard(trainer: pl.Trainer) -> SummaryWriter | None:
    for logger in trainer.loggers:
        if isinstance(logger, TensorBoardLogger):
            writer: SummaryWriter = logger.experiment
            return writer
    return None
