"""Cross-entropy losses with smoothed labels and class weights."""

from abc import abstractmethod
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.decision import Decision, decide, refuse_unordered
from reviewlab.nn.objectives.objective import Objective, at_least_single
from reviewlab.ranges import Fraction, PositiveFloat

ClassWeight = Literal["none", "balanced"] | list[PositiveFloat]


class _Weighted(Objective):
    """Base of the cross-entropies: smoothed labels and class weights in training.

    Args:
        num_classes: number of classes.
        label_smoothing: see the subclasses.
        class_weight: see `CrossEntropy`.
        class_counts: see `CrossEntropy`.
    """

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
        """Return the mean of the smoothed losses, each multiplied by its class's weight."""
        losses = self._losses(outputs, labels, self.label_smoothing)
        if self.class_weights is not None:
            losses = losses * self.class_weights[labels]
        return losses.mean()

    def loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy, neither smoothed nor weighted."""
        return self._losses(outputs, labels, 0.0).mean()

    @abstractmethod
    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        """Return the loss of each review.

        Args:
            outputs: `[batch, num_outputs]`.
            labels: int64 `[batch]`.
            label_smoothing: see the constructor.

        Returns:
            `[batch]`.
        """


class CrossEntropy(_Weighted):
    """Softmax cross-entropy, with one output per class.

    Args:
        num_classes: number of classes.
        label_smoothing: share of the target that is spread over all classes, the true one included.
        class_weight: "balanced" gives each class the same total weight, a list gives one weight per
            class; weights are scaled to mean 1 over the training reviews, so that the learning rate
            keeps its meaning.
        class_counts: number of training reviews of each class.
        decision: the rule that chooses the class to predict: the mode, the median or the rounded
            mean of the predicted distribution. The last two need three or more ordered classes.
            Neither the loss nor the probabilities depend on the rule.
        ordinal: True if the classes are ordered and the distance between two of them is meaningful,
            as it is for stars.

    Raises:
        InputError: the decision rule needs an order that the classes do not have.
    """

    def __init__(
        self,
        num_classes: int,
        label_smoothing: Fraction = 0.0,
        class_weight: ClassWeight = "none",
        class_counts: list[int] | None = None,
        decision: Decision = "mode",
        ordinal: bool = True,
    ) -> None:
        refuse_unordered(decision, num_classes, ordinal, "loss.decision")
        super().__init__(num_classes, label_smoothing, class_weight, class_counts)
        self.num_outputs = num_classes
        self.num_classes = num_classes
        self.decision: Decision = decision
        self.arguments["decision"] = decision

    def decide_by(self, decision: Decision, ordinal: bool) -> None:
        """Switch to another decision rule."""
        refuse_unordered(decision, self.num_classes, ordinal, "decision")
        self.decision = self.arguments["decision"] = decision

    def logits(self, outputs: Tensor) -> Tensor:
        """Return the log probabilities up to a constant, `[batch, num_classes]`."""
        return outputs

    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        logits = self.logits(outputs)
        return F.cross_entropy(logits, labels, reduction="none", label_smoothing=label_smoothing)

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Return the softmax of the logits."""
        return self.logits(outputs).softmax(1)

    def predictions(self, outputs: Tensor) -> Tensor:
        """Return the class that the decision rule chooses, int64 `[batch]`."""
        if self.decision == "mode":
            return self.logits(outputs).argmax(1)
        return decide(self.probabilities(outputs), self.decision)

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Return the log odds of class `label` against all other classes together, `[batch]`."""
        logits = self.logits(outputs)
        others = [number for number in range(self.num_classes) if number != label]
        return logits[:, label] - logits[:, others].logsumexp(1)


class BCE(_Weighted):
    """Binary cross-entropy, with one output for the second of two classes.

    Args:
        num_classes: number of classes, which must be two.
        label_smoothing: share `s` by which the target `y` moves towards one half, as in Keras:
            `y (1 - s) + s / 2`. With two classes `CrossEntropy` does the same.
        class_weight: see `CrossEntropy`.
        class_counts: see `CrossEntropy`.

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
                f"loss: bce needs two classes, but the data have {num_classes}; "
                "use loss=cross_entropy or loss=mse"
            )
        super().__init__(num_classes, label_smoothing, class_weight, class_counts)

    def _losses(self, outputs: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
        logits = at_least_single(outputs[:, 0])
        targets = labels.to(logits.dtype)
        if label_smoothing > 0:
            targets = targets * (1 - label_smoothing) + label_smoothing / 2
        return F.binary_cross_entropy_with_logits(logits, targets, reduction="none")

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Return the output's sigmoid for the second class, and 1 minus it for the first."""
        return torch.cat([-outputs, outputs], 1).sigmoid()

    def predictions(self, outputs: Tensor) -> Tensor:
        """Return 1 where the second class's probability is above one half, else 0."""
        return (outputs[:, 0] > 0).long()

    def evidence(self, outputs: Tensor, label: int) -> Tensor:
        """Return the log odds of class `label`: the output, or minus the output for class 0."""
        return outputs[:, 0] if label == 1 else -outputs[:, 0]


def weights_of_classes(class_weight: ClassWeight, class_counts: list[int]) -> Tensor | None:
    """Return the weight of each class, `[num_classes]`, with mean 1 over the training reviews.

    A class without training reviews is treated as if it had one.

    Raises:
        InputError: the number of weights is not the number of classes.
    """
    if class_weight == "none":
        return None
    counts = torch.tensor(class_counts, dtype=torch.float64).clamp(min=1)
    weights = 1 / counts if class_weight == "balanced" else torch.tensor(class_weight).double()
    if len(weights) != len(counts):
        raise InputError(
            f"loss.class_weight: {class_weight} has {len(weights)} weights, but "
            f"the data have {len(counts)} classes; allowed: one weight for each class"
        )
    return (weights * counts.sum() / (weights @ counts)).float()
