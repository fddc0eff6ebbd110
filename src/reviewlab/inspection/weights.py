"""The distribution of each layer's weights, untrained and trained."""

from typing import Any

import pytorch_lightning as pl
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.inspector import EpochInspector
from reviewlab.ranges import PositiveInt

BINS = 64

FIRST_DRAWING = 0.02
"""Seconds that the first drawing is assumed to take in a resumed run, which has measured none."""


class WeightHistograms(EpochInspector):
    """Writes histograms `weights/<parameter>` before the first step, at intervals, and at the end.

    Args:
        every_n_epochs: number of epochs between histograms; those of the start and the end of
            training are written as well. None writes only these two, and the one of the end only if
            it takes less than 3 % of the training time.
    """

    ends_alone = True

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the untrained weights' histograms, unless the run is resumed."""
        super().on_train_start(trainer, pl_module)
        if trainer.global_step == 0:
            self._draw(trainer, pl_module)

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write a histogram of each parameter."""
        for name, parameter in model.named_parameters():
            values = parameter.detach().float().cpu().numpy()
            writer.add_histogram(f"weights/{name}", values, trainer.global_step, bins=BINS)
