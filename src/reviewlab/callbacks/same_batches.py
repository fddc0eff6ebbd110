"""For `debug=overfit`: every epoch brings the same batches."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback


class SameBatches(Callback):
    """Keeps the order of the first epoch, so that a limited epoch repeats its few batches."""

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Go back to the first epoch's order."""
        loader: Any = trainer.train_dataloader
        loader.sampler.set_epoch(0)
