"""Figures about the held-out reviews: confusion, calibration, precision, recall over time."""

from typing import Any

import pytorch_lightning as pl
import torch
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.held_out_figures import (
    Seen,
    confusion,
    confusion_matrix,
    precision_recall,
    recalls,
    reliability,
    shares,
)
from reviewlab.inspection.inspector import CallbackState, EpochInspector
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.nn.ranks import of_all_ranks
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.5
"""Seconds that the first drawing is assumed to take, if no other callback has drawn before."""


class HeldOut(EpochInspector):
    """Draws a confusion matrix, a reliability diagram, precision-recall curves and recall by epoch.

    The figures cover the whole validation split, even if several processes share it.

    Args:
        every_n_epochs: number of epochs between drawings; the end of training is drawn as well.
            None draws as often as 3 % of the training time allows.
    """

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self._seen: Seen | None = None
        self._step = 0
        self._recalls: list[tuple[int, list[float]]] = []

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """If no reviews are held out, name what is missing; otherwise return None."""
        return None if trainer.enable_validation else "held-out reviews (data.validation)"

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Store the predictions before the model discards them."""
        if trainer.sanity_checking:
            return
        seen = reviews_of_all_ranks(pl_module.metrics_of("val").so_far(), trainer.world_size)
        if self.writer is not None:
            with self.budget.spend():
                self._seen, self._step = seen, trainer.global_step
                counts = confusion(seen, len(pl_module.label_names))
                by_class = shares(counts).diagonal().tolist()
                self._recalls.append((trainer.current_epoch + 1, by_class))

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draw the figures of the last validation, unless they have been drawn."""
        if self._seen is not None:
            super().on_train_end(trainer, pl_module)

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Draw the four figures of the last validation, and log them at its step."""
        seen: Any = self._seen
        names = model.label_names
        with drawing():
            figures = {
                "confusion_matrix": confusion_matrix(confusion(seen, len(names)), names),
                "reliability": reliability(seen),
                "precision_recall": precision_recall(seen, names),
                "recall": recalls(self._recalls, names),
            }
            for name, figure in figures.items():
                writer.add_image(f"held_out/{name}", picture(figure), self._step, dataformats="HWC")
        self._seen = None  # an epoch without validation has nothing new

    def state_dict(self) -> CallbackState:
        """Return the base class's state and the recalls so far, for a resumed run."""
        return {**super().state_dict(), "recalls": self._recalls}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Restore the base class's state and the recalls."""
        super().load_state_dict(state_dict)
        self._recalls = [(epoch, recalls) for epoch, recalls in state_dict["recalls"]]

    def _due(self, epochs: int) -> bool:
        return self._seen is not None and super()._due(epochs)


def reviews_of_all_ranks(own: Seen, world_size: int) -> Seen:
    """Gather all processes' predictions, probabilities and labels, in the order of the ranks."""
    ranks = of_all_ranks(tuple(part.cpu() for part in own), world_size)
    predictions, probabilities, labels = (torch.cat(parts) for parts in zip(*ranks, strict=True))
    return predictions, probabilities, labels
