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
    """Plain gradient descent: one step per epoch, on the mean gradient of all training reviews.

    The step itself is that of `SGD`. The training loop adds up the gradients of an epoch's batches,
    each weighted by its number of reviews, so that the batch size affects nothing but memory.

    Args:
        params: the parameters to train.
        lr: learning rate.
        weight_decay: strength with which all weights are pulled towards zero.
    """

    def __init__(
        self, params: ParamsT, lr: NonNegativeFloat = 0.1, weight_decay: NonNegativeFloat = 0.0
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay)


class LBFGS(torch.optim.LBFGS):
    """Quasi-Newton steps with a line search, over all training reviews at once.

    It suits models with a single minimum and few outputs, and finds the minimum in a few dozen
    evaluations. Torch's own version has no weight decay. Here it has the same meaning as in `SGD`:
    half of `weight_decay` times the sum of all squared weights is added to the loss.

    Args:
        params: the parameters to train.
        lr: the first step length that a line search tries.
        max_iter: number of directions searched per epoch.
        history_size: number of past directions that are kept in memory to estimate the curvature.
        weight_decay: strength with which all weights are pulled towards zero.
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
        """Search along a few directions; `closure` recomputes the loss and its gradients."""
        loss: torch.Tensor = super().step(  # type: ignore[no-untyped-call]
            lambda: self._add_decay(closure())
        )
        return loss

    @torch.no_grad()
    def _add_decay(self, loss: torch.Tensor) -> torch.Tensor:
        """Add weight decay to the loss, and to those gradients that exist."""
        [group] = self.param_groups
        decay: float = group["weight_decay"]
        for weight in group["params"] if decay else ():
            if weight.grad is not None:
                weight.grad.add_(weight, alpha=decay)
                loss = loss + decay / 2 * weight.square().sum()
        return loss


def step_once_an_epoch(trainer: pl.Trainer, classifier: ReviewClassifier, loader: Any) -> None:
    """Make `trainer` step once per epoch, on the gradient of the mean loss of all its reviews.

    Args:
        trainer: the trainer, which is set to step when all batches of an epoch have been read.
        classifier: the classifier, which is set to weight each batch by its number of reviews.
        loader: the loader of the training reviews.
    """
    batches = batches_an_epoch(trainer, len(loader))
    trainer.accumulate_grad_batches = batches
    reviews = reviews_an_epoch(trainer, loader) / trainer.world_size
    classifier.mean_batch_size = reviews / batches
