"""Stacks of both kernels with the same weights, for the tests of the compiled one."""

import copy
import shutil

import pytest
import torch
from torch import Tensor

from reviewlab.nn import kernels
from reviewlab.nn.recurrent import RecurrentStack

needs_library = pytest.mark.skipif(
    not kernels.is_available() and shutil.which("gcc") is None, reason="there is no compiler"
)

RELATIVE = {torch.float64: 1e-12, torch.float32: 1e-5}
"""The largest difference between the kernels, relative to the largest entry of a tensor."""


def with_torch(stack: RecurrentStack) -> RecurrentStack:
    """Copy a stack, to run torch's layers."""
    other = copy.deepcopy(stack)
    other.kernel = kernels.Choice("torch")
    return other


def compiled(stack: RecurrentStack, width: str | None = None) -> RecurrentStack:
    """Copy a stack, to run the compiled kernel."""
    other = copy.deepcopy(stack)
    other.kernel = kernels.Choice("compiled", width or kernels.widths()[0])
    return other


def assert_near(own: Tensor, expected: Tensor, least: float = 1e-30) -> None:
    """Compare two tensors, relative to the largest entry, or to `least` if that is larger.

    A sum whose terms cancel is exact relative to its terms only.
    """
    largest = max(expected.abs().max().item(), least)
    assert ((own - expected).abs().max() / largest).item() <= RELATIVE[expected.dtype]
