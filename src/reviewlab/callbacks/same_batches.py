"""Repeat the same batches in every epoch, for `debug=overfit`."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback


class SameBatches(Callback):
    """Keeps the first epoch's order of reviews, so that all shortened epochs read the same ones."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Turn off reshuffling; the sampler still counts epochs, which resuming needs."""
        loader: Any = trainer.train_dataloader
        loader.sampler.reshuffle = False
