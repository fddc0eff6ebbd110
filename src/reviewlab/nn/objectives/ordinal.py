"""A cumulative logit model of ordered classes."""

import torch.nn.functional as F
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.cross_entropy import ClassWeight, CrossEntropy
from reviewlab.nn.objectives.decision import Decision
from reviewlab.nn.objectives.objective import at_least_single
from reviewlab.ranges import Fraction


class Ordinal(CrossEntropy):
    """Cross-entropy of a cumulative logit model of ordered classes.

    The log odds of a class above `k` are a score minus a threshold, and the thresholds rise with
    `k` (McCullagh 1980, Regression Models for Ordinal Data). There is one output fewer than there
    are classes. The first output is the score, and the first threshold is 0; each other output is
    the gap between two thresholds, made positive by softplus. The thresholds may therefore differ
    from review to review, as in King et al. (2004, Enhancing the Validity and Cross-cultural
    Comparability of Measurement in Survey Research), who use exp instead of softplus: one review
    can be certain to be in the middle, another one can be anywhere. With constant gaps this is
    the proportional odds model.

    All parameters are in the classifier's head. With two classes it is the same as `BCE`.

    Args:
        num_classes: number of classes.
        label_smoothing: see `CrossEntropy`.
        class_weight: see `CrossEntropy`.
        class_counts: see `CrossEntropy`.
        decision: see `CrossEntropy`.
        ordinal: True if the classes are ordered, as stars are; False is refused.

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
                f"loss: ordinal needs ordered classes, such as stars, but the data have {given}; "
                "use loss=cross_entropy"
            )
        super().__init__(num_classes, label_smoothing, class_weight, class_counts, decision)
        self.num_outputs = num_classes - 1

    def logits(self, outputs: Tensor) -> Tensor:
        """Return the log probability of each class, `[batch, num_classes]`.

        With score `s`, a class between two thresholds `a < b` has the probability
        `sigmoid(s - a) - sigmoid(s - b)`, which equals the product
        `sigmoid(s - a) sigmoid(b - s) (1 - e^(a - b))`. The log of the product is exact even where
        the difference would round to 0. For a gap `b - a = softplus(x)` the last factor is
        `sigmoid(x)`.
        """
        outputs = at_least_single(outputs)
        score, gaps = outputs[:, :1], outputs[:, 1:]
        above = score - F.pad(F.softplus(gaps).cumsum(1), (1, 0))  # [batch, num_classes - 1]
        return (
            F.pad(F.logsigmoid(above), (1, 0))  # nothing lies below the first class
            + F.pad(F.logsigmoid(-above), (0, 1))
            + F.pad(F.logsigmoid(gaps), (1, 1))
        )
