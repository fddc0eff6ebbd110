"""Optimizers that torch does not have."""

from torch.optim import SGD
from torch.optim.optimizer import ParamsT

from reviewlab.ranges import NonNegativeFloat


class FullBatch(SGD):
    """Plain gradient descent: one step an epoch, over the exact mean of all training reviews.

    The step is `SGD`'s. The training adds up the gradients of an epoch's batches for it, each
    weighing as much as it has reviews, so that the batch size decides memory and nothing else.
    """

    def __init__(
        self, params: ParamsT, lr: NonNegativeFloat = 0.1, weight_decay: NonNegativeFloat = 0.0
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay)
