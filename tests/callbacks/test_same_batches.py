"""`debug=overfit` learns one batch by heart."""

from typing import Any

import pytorch_lightning as pl
import torch

from reviewlab.callbacks.same_batches import SameBatches


class Loader:
    """One batch an epoch: the number of the epoch that the sampler was set to."""

    def __init__(self) -> None:
        self.sampler = self
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Any:
        # A generator: the epoch is read when the batch is asked for, as in `BatchLoader`.
        yield torch.tensor([float(self.epoch)])


class Model(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.seen: list[float] = []

    def training_step(self, batch: torch.Tensor) -> torch.Tensor:
        self.seen.append(batch.item())
        return (self.weight * batch).sum()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def seen(callbacks: list[pl.Callback]) -> list[float]:
    model = Model()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=3,
        logger=False,
        callbacks=callbacks,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, Loader())
    return model.seen


def test_every_epoch_brings_the_first_ones_batches() -> None:
    assert seen([]) == [0.0, 1.0, 2.0]
    assert seen([SameBatches()]) == [0.0, 0.0, 0.0]
