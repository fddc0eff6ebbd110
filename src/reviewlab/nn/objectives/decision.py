"""Choose the class to predict from a distribution over classes."""

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
        decision: the decision rule: `mode` chooses the most probable class, `median` the first
            class at which the cumulative probability reaches one half, `mean` the expected class,
            rounded (halves down).

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
    """Refuse a decision rule that needs ordered classes if the classes have no order.

    With two classes every rule chooses the more probable one, so only `mode` is allowed.

    Args:
        decision: the decision rule.
        num_classes: number of classes.
        ordinal: True if the classes are ordered and the distance between two is meaningful.
        key: the setting that holds the decision rule, for the message.

    Raises:
        InputError: the rule is not `mode`, and there are not three or more ordered classes.
    """
    if decision == "mode" or (ordinal and num_classes > 2):
        return
    given = "classes without an order" if num_classes > 2 else f"{num_classes} classes"
    raise InputError(
        f"{key}: {decision!r} needs three or more ordered classes, but the data have {given}; "
        "allowed: mode"
    )
