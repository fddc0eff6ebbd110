"""The base of every objective."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.decision import Decision

Arguments = dict[str, Any]
"""Plain values that build an objective again, by the names of its constructor's arguments."""


class Objective(nn.Module, ABC):
    """A loss and how to read the outputs it was trained with.

    Attributes:
        num_outputs: how wide the classifier's outputs have to be.
        arguments: those that build this objective again.
        scale: what `evidence` is measured in.
    """

    num_outputs: int
    scale: str = "log odds"
    arguments: Arguments

    @abstractmethod
    def training_loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The scalar to optimise, of outputs `[batch, num_outputs]` and int64 labels `[batch]`."""

    @abstractmethod
    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The mean loss on hard labels, a scalar."""

    @abstractmethod
    def probabilities(self, outputs: Tensor) -> Tensor:
        """`[batch, num_classes]`; rows sum to 1."""

    @abstractmethod
    def predictions(self, outputs: Tensor) -> Tensor:
        """The predicted class, int64 `[batch]`; of outputs that are not numbers, some class."""

    def decide_by(self, decision: Decision, ordinal: bool) -> None:
        """Predict by another decision than the one that was trained with, from now on.

        Args:
            decision: how a class is chosen, given the distribution.
            ordinal: the distance between two classes means something.

        Raises:
            InputError: the objective or the classes leave no choice.
        """
        raise InputError(
            f"decision: {decision!r} is not allowed: {type(self).__name__} decides in one way only;"
            " leave decision out"
        )

    @abstractmethod
    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Measure the evidence for class `label`, `[batch]`, where the parts of a review add up.

        Log odds: they never saturate, as probabilities do.
        """


def at_least_single(outputs: Tensor) -> Tensor:
    """Outputs of a half-precision model as float32, in which smoothed targets are not rounded."""
    return outputs.to(torch.promote_types(outputs.dtype, torch.float32))
