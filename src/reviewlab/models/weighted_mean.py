"""A weighted mean that does not hide NaN."""

import torch
from torch import Tensor
from torchmetrics import Metric


class WeightedMean(Metric):
    """A weighted mean over all devices that is NaN if one of its values is.

    torchmetrics' `MeanMetric` drops NaN values; with `nan_strategy="disable"` it keeps them, but
    ignores the weights.
    """

    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.total: Tensor
        self.weight: Tensor
        for name in ("total", "weight"):
            self.add_state(name, torch.zeros((), dtype=torch.float64), "sum")

    def update(self, values: Tensor, weights: Tensor | int) -> None:
        """Add `values` with their `weights`."""
        self.total += (values.double() * weights).sum()
        self.weight += torch.as_tensor(weights).sum()

    def compute(self) -> Tensor:
        """Return the mean; NaN if nothing was added."""
        return self.total / self.weight
