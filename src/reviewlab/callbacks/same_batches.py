"""For `debug=overfit`: every epoch brings the same batches."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback


class SameBatches(Callback):
    """Keeps the order of the first epoch, so that a limited epoch repeats its few batches."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Let the sampler stay with that order; it goes on counting epochs, to be resumed by."""
        loader: Any = trainer.train_dataloader
        loader.sampler.reshuffle = False
