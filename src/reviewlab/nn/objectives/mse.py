"""Squared error of classes taken as numbers."""

import torch
import torch.nn.functional as F
from torch import Tensor

from reviewlab.nn.objectives.objective import Objective, at_least_single


class MSE(Objective):
    """Mean squared error of classes taken as numbers (stars), with one output.

    The number is the class's index, from 0; counting stars from 1 would only move the bias by one.
    """

    num_outputs = 1
    scale = "output"
    classes: Tensor

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.arguments = {"num_classes": num_classes}
        self.register_buffer("classes", torch.arange(num_classes), persistent=False)

    def training_loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the same as `loss`."""
        return self.loss(outputs, labels)

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean squared distance between output and class."""
        numbers = at_least_single(outputs[:, 0])
        return F.mse_loss(numbers, labels.to(numbers.dtype))

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Clip outputs to the range of classes, and interpolate between the two nearest."""
        numbers = outputs.clamp(0, len(self.classes) - 1)
        return (1 - (numbers - self.classes).abs()).clamp(min=0)

    def predictions(self, outputs: Tensor) -> Tensor:
        """Return the nearest class: the output rounded (halves down) and clipped."""
        midpoints = self.classes[1:] - 0.5
        return (outputs > midpoints).sum(1)

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Return the output for any class: large for the last class, small for the first."""
        return outputs[:, 0]
