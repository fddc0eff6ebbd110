"""Objectives: the loss that a classifier is trained for, and the one it is compared by.

The training loss may be smoothed and weighted; `loss` never is, so that runs can be ranked by it.
Every loss is a plain mean over the batch: batch losses, weighted by their sizes, add up exactly to
the loss of the whole data set.
"""

from abc import ABC, abstractmethod
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.exceptions import InputError
from reviewlab.ranges import Fraction, PositiveFloat

Arguments = dict[str, Any]
"""Plain values that build an objective again, by the names of its constructor's arguments."""

ClassWeight = Literal["none", "balanced"] | list[PositiveFloat]


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

    @abstractmethod
    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Measure the evidence for class `label`, `[batch]`, where the parts of a review add up.

        Log odds: they never saturate, as probabilities do.
        """


class _Weighted(Objective):
    """Base of the cross-entropies: smoothed labels and a weight for each class in training."""

    class_weights: Tensor | None

    def __init__(
        self,
        num_classes: int,
        label_smoothing: float,
        class_weight: ClassWeight,
        class_counts: list[int] | None,
    ) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing
        self.arguments = {
            "num_classes": num_classes,
            "label_smoothing": label_smoothing,
            "class_weight": class_weight if isinstance(class_weight, str) else list(class_weight),
            "class_counts": None if class_counts is None else list(class_counts),
        }
        weights = weights_of_classes(class_weight, class_counts or [1] * num_classes)
        self.register_buffer("class_weights", weights, persistent=False)

    def training_loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The smoothed loss of each review times the weight of its class, on average."""
        losses = self._losses(outputs, labels, self.label_smoothing)
        if self.class_weights is not None:
            losses = losses * self.class_weights[labels]
        return losses.mean()

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy of the labels, neither smoothed nor weighted."""
        return self._losses(outputs, labels, 0.0).mean()

    @abstractmethod
    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        """The loss of each review, `[batch]`."""


class CrossEntropy(_Weighted):
    """Softmax cross-entropy, one output a class.

    label_smoothing: share of the target that is spread over all classes, the true one included.
    class_weight: "balanced" gives each class the same say, a list a weight each; they are scaled to
        mean 1 over the training reviews, so that the learning rate keeps its meaning.
    class_counts: training reviews of each class.
    """

    def __init__(
        self,
        num_classes: int,
        label_smoothing: Fraction = 0.0,
        class_weight: ClassWeight = "none",
        class_counts: list[int] | None = None,
    ) -> None:
        super().__init__(num_classes, label_smoothing, class_weight, class_counts)
        self.num_outputs = num_classes

    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        return F.cross_entropy(outputs, labels, reduction="none", label_smoothing=label_smoothing)

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Softmax of the outputs."""
        return outputs.softmax(1)

    def predictions(self, outputs: Tensor) -> Tensor:
        """The class with the largest output."""
        return outputs.argmax(1)

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """The log of the class's probability over that of all others together."""
        others = [number for number in range(outputs.shape[1]) if number != label]
        return outputs[:, label] - outputs[:, others].logsumexp(1)


class BCE(_Weighted):
    """Binary cross-entropy, one output for the second of two classes.

    label_smoothing: moves the target towards one half, as Keras does: `y (1 - s) + s / 2`. That is
        what `CrossEntropy` does with two classes.
    class_weight, class_counts: as in `CrossEntropy`.

    Raises:
        InputError: there are not exactly two classes.
    """

    num_outputs = 1

    def __init__(
        self,
        num_classes: int,
        label_smoothing: Fraction = 0.0,
        class_weight: ClassWeight = "none",
        class_counts: list[int] | None = None,
    ) -> None:
        if num_classes != 2:
            raise InputError(
                f"loss: bce tells two classes apart and the data have {num_classes}; "
                "use loss=cross_entropy or loss=mse"
            )
        super().__init__(num_classes, label_smoothing, class_weight, class_counts)

    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        logits = _at_least_single(outputs[:, 0])
        targets = labels.to(logits.dtype)
        if label_smoothing > 0:
            targets = targets * (1 - label_smoothing) + label_smoothing / 2
        return F.binary_cross_entropy_with_logits(logits, targets, reduction="none")

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Sigmoid of the output, and of its negative for the first class."""
        return torch.cat([-outputs, outputs], 1).sigmoid()

    def predictions(self, outputs: Tensor) -> Tensor:
        """The second class where its probability is above one half."""
        return (outputs[:, 0] > 0).long()

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """The output, which is the log odds of the second class; its negative for the first."""
        return outputs[:, 0] if label == 1 else -outputs[:, 0]


class MSE(Objective):
    """Mean squared error of classes taken as numbers (stars), one output.

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
        """The same as `loss`."""
        return self.loss(outputs, labels)

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The mean squared distance between output and class."""
        numbers = _at_least_single(outputs[:, 0])
        return F.mse_loss(numbers, labels.to(numbers.dtype))

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Linear between the two classes next to the output; certain beyond the first and last."""
        numbers = outputs.clamp(0, len(self.classes) - 1)
        return (1 - (numbers - self.classes).abs()).clamp(min=0)

    def predictions(self, outputs: Tensor) -> Tensor:
        """The nearest class: the output rounded (a half down) and clipped."""
        midpoints = self.classes[1:] - 0.5
        return (outputs > midpoints).sum(1)

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """The output, whatever the class: large numbers speak for the last, small for the first."""
        return outputs[:, 0]


def _at_least_single(outputs: Tensor) -> Tensor:
    """Outputs of a half-precision model as float32, in which smoothed targets are not rounded."""
    return outputs.to(torch.promote_types(outputs.dtype, torch.float32))


def weights_of_classes(class_weight: ClassWeight, class_counts: list[int]) -> Tensor | None:
    """Weigh a review of each class, `[num_classes]`, on average 1 over the training reviews.

    A class without training reviews is treated as if it had one.

    Raises:
        InputError: the list has not one weight a class.
    """
    if class_weight == "none":
        return None
    counts = torch.tensor(class_counts, dtype=torch.float64).clamp(min=1)
    weights = 1 / counts if class_weight == "balanced" else torch.tensor(class_weight).double()
    if len(weights) != len(counts):
        raise InputError(
            f"loss.class_weight: {class_weight} has {len(weights)} weights; "
            f"the data have {len(counts)} classes"
        )
    return (weights * counts.sum() / (weights @ counts)).float()
