"""Optimizers that torch does not have."""

from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl
import torch
from torch.optim import SGD
from torch.optim.optimizer import ParamsT

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.ranges import NonNegativeFloat, PositiveFloat, PositiveInt
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


class LBFGS(torch.optim.LBFGS):
    """Quasi-Newton steps with a line search, over all training reviews at once.

    For models with one minimum and few outputs, which it finds in a few dozen evaluations. Torch's
    own has no weight decay; here it is that of `SGD`, part of the loss: half of it times the sum of
    all squared weights.

    Args:
        params: to be trained.
        lr: the first length that a line search tries.
        max_iter: directions that are searched in an epoch.
        history_size: directions that the curvature is estimated from; each is kept.
        weight_decay: pulls all weights towards zero.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: PositiveFloat = 1.0,
        max_iter: PositiveInt = 10,
        history_size: PositiveInt = 10,
        weight_decay: NonNegativeFloat = 3e-6,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            max_iter=max_iter,
            history_size=history_size,
            line_search_fn="strong_wolfe",
        )
        self.param_groups[0]["weight_decay"] = weight_decay

    def step(self, closure: Callable[[], torch.Tensor]) -> torch.Tensor:  # type: ignore[override]
        """Search a few directions; `closure` computes the loss and its gradients anew."""
        loss: torch.Tensor = super().step(  # type: ignore[no-untyped-call]
            lambda: self._decayed(closure())
        )
        return loss

    @torch.no_grad()
    def _decayed(self, loss: torch.Tensor) -> torch.Tensor:
        """Add the decay to the loss, and to the gradients that are there."""
        [group] = self.param_groups
        decay: float = group["weight_decay"]
        for weight in group["params"] if decay else ():
            if weight.grad is not None:
                weight.grad.add_(weight, alpha=decay)
                loss = loss + decay / 2 * weight.square().sum()
        return loss


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
