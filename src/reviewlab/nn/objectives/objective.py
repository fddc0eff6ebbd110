"""The base of every objective."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.decision import Decision

Arguments = dict[str, Any]
"""Constructor arguments by name, as plain values, from which to rebuild an objective."""


class Objective(nn.Module, ABC):
    """A loss, and how to interpret the outputs of a classifier trained with it.

    Attributes:
        num_outputs: width of the classifier's outputs.
        arguments: arguments from which to rebuild this objective.
        scale: the unit in which the method `evidence` says how much speaks for a class.
    """

    num_outputs: int
    scale: str = "log odds"
    arguments: Arguments

    @abstractmethod
    def training_loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the scalar to minimise; outputs `[batch, num_outputs]`, labels int64 `[batch]`."""

    @abstractmethod
    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss on hard labels, a scalar."""

    @abstractmethod
    def probabilities(self, outputs: Tensor) -> Tensor:
        """Return probabilities `[batch, num_classes]`; rows sum to 1."""

    @abstractmethod
    def predictions(self, outputs: Tensor) -> Tensor:
        """Return the predicted class, int64 `[batch]`; an arbitrary one where outputs are NaN."""

    def decide_by(self, decision: Decision, ordinal: bool) -> None:
        """Replace the decision rule that was set in training.

        Args:
            decision: the rule that chooses a class, given the predicted distribution.
            ordinal: True if the classes are ordered and the distance between two is meaningful.

        Raises:
            InputError: the objective or the classes do not allow this rule.
        """
        raise InputError(
            f"decision: {decision!r} is not allowed: {type(self).__name__} has only one decision "
            "rule; leave decision out"
        )

    @abstractmethod
    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Return the evidence for class `label`, `[batch]`, on an additive scale.

        Log odds do not saturate as probabilities do, so the effects of a review's parts can be
        added.
        """


def at_least_single(outputs: Tensor) -> Tensor:
    """Convert half-precision outputs to float32, in which smoothed targets are not rounded."""
    return outputs.to(torch.promote_types(outputs.dtype, torch.float32))
