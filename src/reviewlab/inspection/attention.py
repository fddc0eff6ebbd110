"""Heat maps of what a model with attention looks at, epoch by epoch."""

from typing import Any

import pytorch_lightning as pl
from torch.utils.tensorboard import SummaryWriter

from reviewlab.inspection.inspector import EpochInspector, held_out, looking
from reviewlab.inspection.words import Fixed, fixed_reviews, heat_map
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.4
"""Seconds, for ten long reviews."""


class AttentionMaps(EpochInspector):
    """A heat map over the words of a few held-out reviews, always the same ones.

    reviews: how many, evenly spread over the validation split; of the training one where none is.
    """

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, reviews: PositiveInt = 10
    ) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self.reviews = reviews
        self._fixed: Fixed | None = None

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Needs weights that can be read."""
        return None if hasattr(model, "attention_weights") else "attention in the model"

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """A picture a review."""
        self._fixed = self._fixed or fixed_reviews(held_out(trainer), self.reviews)
        batch, words = self._fixed
        ids, mask = batch.token_ids.to(model.device), batch.mask.to(model.device)
        with looking(model):
            weights = model.attention_weights(ids, mask).cpu()
            outputs = model(ids, mask).float()
            probabilities = model.objective.probabilities(outputs).cpu()
            predictions = model.objective.predictions(outputs).tolist()
        for number, (row_mask, own) in enumerate(zip(batch.mask, words, strict=True)):
            names, predicted = model.label_names, predictions[number]
            sure = float(probabilities[number, predicted])
            label = names[int(batch.labels[number])]
            title = f"label {label}; said {names[predicted]} ({sure:.2f})"
            picture = heat_map(title, own, weights[number][row_mask].tolist())
            writer.add_image(
                f"attention/review_{number:02}", picture, trainer.global_step, dataformats="HWC"
            )
