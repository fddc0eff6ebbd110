"""From a distribution over ordered classes to the one class that is predicted."""

from typing import Literal

import torch
from torch import Tensor

from reviewlab.exceptions import InputError

Decision = Literal["mode", "median", "mean"]


def decide(probabilities: Tensor, decision: Decision) -> Tensor:
    """Choose the class to predict.

    The mode is right most often. The median has the smallest expected distance to the true class,
    the mean the smallest expected squared distance.

    Args:
        probabilities: `[batch, num_classes]`, with the classes in their order.
        decision: `mode` takes the most probable class, `median` the first class at which the
            cumulative probability reaches one half, `mean` the expected class, rounded (halves
            down).

    Returns:
        int64 `[batch]`; an arbitrary class where the probabilities are NaN.
    """
    if decision == "mode":
        return probabilities.argmax(1)
    if decision == "median":
        return (probabilities.cumsum(1)[:, :-1] < 0.5).sum(1)
    classes = torch.arange(probabilities.shape[1], device=probabilities.device)
    expected = probabilities @ classes.to(probabilities.dtype)
    return (expected[:, None] > classes[1:] - 0.5).sum(1)


def refuse_unordered(decision: Decision, num_classes: int, ordinal: bool, key: str) -> None:
    """Refuse a decision that assumes an order where the classes have none.

    With two classes every decision predicts the more probable one.

    Args:
        decision: how a class is chosen.
        num_classes: number of classes.
        ordinal: the classes are ordered, and the distance between two of them is meaningful.
        key: the setting that asks for the decision, for the message.

    Raises:
        InputError: the decision is not `mode`, and there are not three or more ordered classes.
    """
    if decision == "mode" or (ordinal and num_classes > 2):
        return
    given = "classes without an order" if num_classes > 2 else f"{num_classes} classes"
    raise InputError(
        f"{key}: {decision!r} is for three or more ordered classes, and the data have {given}; "
        "allowed: mode"
    )
