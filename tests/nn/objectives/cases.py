"""Outputs and labels for tests of objectives."""

import pytest
import torch

from reviewlab.nn import BCE, MSE, CrossEntropy, Ordinal

LABELS = torch.tensor([0, 0, 0, 1, 2, 2])
COUNTS = [3, 1, 2]
OUTPUTS = torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
BINARY = torch.tensor([0, 1, 1, 1, 0, 1])

objectives = pytest.mark.parametrize(
    "make",
    [
        lambda: CrossEntropy(2),
        lambda: CrossEntropy(2, 0.2, "balanced", [2, 4]),
        lambda: CrossEntropy(3, decision="median"),
        lambda: Ordinal(2),
        lambda: Ordinal(4, 0.2, "balanced", [2, 4, 1, 1], "median"),
        lambda: BCE(2),
        lambda: BCE(2, 0.2, [1.0, 3.0], [2, 4]),
        lambda: MSE(2),
        lambda: MSE(5),
    ],
)
