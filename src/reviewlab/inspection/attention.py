"""Heat maps of a model's attention weights, epoch by epoch."""

from typing import Any

import pytorch_lightning as pl
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.inspector import EpochInspector, evaluation_mode, held_out
from reviewlab.inspection.words import Fixed, fixed_reviews, heat_map
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.4
"""Seconds that the first drawing is assumed to take: the time for ten long reviews."""


class AttentionMaps(EpochInspector):
    """Draws heat maps over the words of a few held-out reviews, always the same ones.

    Args:
        every_n_epochs: number of epochs between drawings; the end of training is drawn as well.
            None draws as often as 3 % of the training time allows.
        reviews: number of reviews to draw; they are spread evenly over the validation split, or
            over the training split if nothing is held out.
    """

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, reviews: PositiveInt = 10
    ) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self.reviews = reviews
        self._fixed: Fixed | None = None

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """If the model has no attention, name what is missing; otherwise return None."""
        return None if hasattr(model, "attention_weights") else "attention in the model"

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Draw a heat map of each review, with its label and prediction."""
        self._fixed = self._fixed or fixed_reviews(held_out(trainer), self.reviews)
        batch, words = self._fixed
        ids, mask = batch.inputs.token_ids.to(model.device), batch.inputs.mask.to(model.device)
        with evaluation_mode(model):
            weights = model.attention_weights(ids, mask).cpu()
            outputs = model(ids, mask).float()
            probabilities = model.objective.probabilities(outputs).cpu()
            predictions = model.objective.predictions(outputs).tolist()
        for number, (row_mask, own) in enumerate(zip(batch.inputs.mask, words, strict=True)):
            names, predicted = model.label_names, predictions[number]
            probability = float(probabilities[number, predicted])
            label = names[int(batch.labels[number])]
            title = f"label {label}, predicted {names[predicted]} ({probability:.2f})"
            picture = heat_map(title, own, weights[number][row_mask].tolist())
            writer.add_image(
                f"attention/review_{number:02}", picture, trainer.global_step, dataformats="HWC"
            )
