"""The distribution of each layer's weights, untrained and trained."""

from typing import Any

import pytorch_lightning as pl
from torch.utils.tensorboard import SummaryWriter

from reviewlab.inspection.inspector import EpochInspector
from reviewlab.ranges import PositiveInt

BINS = 64

FIRST_DRAWING = 0.02
"""Seconds, where a training is gone on with; else the untrained weights have told."""


class WeightHistograms(EpochInspector):
    """Histograms `weights/<parameter>` before the first step, now and then, and at the end.

    Args:
        every_n_epochs: as in all inspectors; null writes the start, and the end where 3 % of the
            training's time allow it.
    """

    ends_alone = True

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep the untrained weights, unless the training goes on from others."""
        super().on_train_start(trainer, pl_module)
        if trainer.global_step == 0:
            self._draw(trainer, pl_module)

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Add a histogram for each parameter."""
        for name, parameter in model.named_parameters():
            values = parameter.detach().float().cpu().numpy()
            writer.add_histogram(f"weights/{name}", values, trainer.global_step, bins=BINS)
