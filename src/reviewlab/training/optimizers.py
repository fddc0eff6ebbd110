"""Optimizers that torch does not have."""

from typing import Any

import pytorch_lightning as pl
from torch.optim import SGD
from torch.optim.optimizer import ParamsT

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.ranges import NonNegativeFloat
from reviewlab.training.limits import batches_an_epoch, reviews_an_epoch


class FullBatch(SGD):
    """Plain gradient descent: one step an epoch, over the exact mean of all training reviews.

    The step is `SGD`'s. The training adds up the gradients of an epoch's batches for it, each
    weighing as much as it has reviews, so that the batch size decides memory and nothing else.
    """

    def __init__(
        self, params: ParamsT, lr: NonNegativeFloat = 0.1, weight_decay: NonNegativeFloat = 0.0
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay)


def step_once_an_epoch(trainer: pl.Trainer, classifier: ReviewClassifier, loader: Any) -> None:
    """Let `trainer` add up an epoch's gradients to that of the mean over its reviews.

    Args:
        trainer: steps when all batches of an epoch have been read.
        classifier: weighs each batch by the reviews in it.
        loader: of the training reviews.
    """
    batches = batches_an_epoch(trainer, len(loader))
    trainer.accumulate_grad_batches = batches
    reviews = reviews_an_epoch(trainer, loader) / trainer.world_size
    classifier.mean_batch_size = reviews / batches
