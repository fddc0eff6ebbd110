"""A cumulative logit model of ordered classes."""

import torch.nn.functional as F
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.cross_entropy import ClassWeight, CrossEntropy
from reviewlab.nn.objectives.decision import Decision
from reviewlab.nn.objectives.objective import at_least_single
from reviewlab.ranges import Fraction


class Ordinal(CrossEntropy):
    """Cross-entropy of a cumulative logit model of ordered classes, an output fewer than classes.

    The log odds of a class above `k` are a score less a threshold, and the thresholds rise with
    `k` (McCullagh 1980, Regression Models for Ordinal Data). The first output is the score, with a
    first threshold of 0; each of the others is a gap between two thresholds, made positive by
    softplus. So the thresholds may differ from review to review, as those of King et al. (2004,
    Enhancing the Validity and Cross-cultural Comparability of Measurement in Survey Research) do,
    who take exp for softplus: one review can be surely in the middle, another one anywhere. Where
    the gaps are constant these are proportional odds.

    All parameters are in the classifier's head. Two classes are those of `BCE`.

    label_smoothing, class_weight, class_counts, decision: as in `CrossEntropy`.
    ordinal: the classes are ordered, as stars are; others are refused.

    Raises:
        InputError: the classes have no order, or there are fewer than two.
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
        if not ordinal or num_classes < 2:
            given = "classes without an order" if num_classes > 1 else "one class"
            raise InputError(
                f"loss: ordinal is for ordered classes, such as stars, and the data have {given}; "
                "use loss=cross_entropy"
            )
        super().__init__(num_classes, label_smoothing, class_weight, class_counts, decision)
        self.num_outputs = num_classes - 1

    def logits(self, outputs: Tensor) -> Tensor:
        """The log of each class's probability, `[batch, num_classes]`.

        A class between two thresholds `a < b`, which the score `s` is compared with, has
        `sigmoid(s - a) - sigmoid(s - b)`, which is `sigmoid(s - a) sigmoid(b - s) (1 - e^(a - b))`:
        a product, whose log is exact also where the difference would be rounded to 0. For a gap of
        `b - a = softplus(x)` its last factor is `sigmoid(x)`.
        """
        outputs = at_least_single(outputs)
        score, gaps = outputs[:, :1], outputs[:, 1:]
        above = score - F.pad(F.softplus(gaps).cumsum(1), (1, 0))  # [batch, num_classes - 1]
        return (
            F.pad(F.logsigmoid(above), (1, 0))  # every class is above none
            + F.pad(F.logsigmoid(-above), (0, 1))
            + F.pad(F.logsigmoid(gaps), (1, 1))
        )
