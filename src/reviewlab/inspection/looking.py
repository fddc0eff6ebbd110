"""Looking at a model without leaving a trace: nothing trained, nothing drawn at random."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn


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
