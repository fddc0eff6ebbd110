"""Align, reverse and pool padded reviews, so that padding on either side has no effect.

Packed sequences would do the same, but take six times as long on a CPU.
"""

from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["mean", "max"]


def align(token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Move each review to the left of its row; return ids `[batch, time]` and lengths `[batch]`.

    The ids beyond a review's end are arbitrary. An empty review has length 1: it is read as one
    padding token, so that nothing later divides by zero or pools over nothing.
    """
    time = token_ids.shape[1]
    start = mask.to(torch.uint8).argmax(1, keepdim=True)  # [batch, 1]; argmax does not take bool
    steps = torch.arange(time, device=token_ids.device)
    return token_ids.gather(1, (start + steps).clamp(max=time - 1)), lengths_of(mask)


def unalign(values: Tensor, mask: Tensor) -> Tensor:
    """Move left-aligned values `[batch, time]` back to the layout of `mask`; 0 on padding."""
    place = (mask.cumsum(1) - 1).clamp(min=0)  # each word's index in its aligned review
    return values.gather(1, place) * mask


def lengths_of(mask: Tensor) -> Tensor:
    """Count the words of each review, `[batch]`, at least 1."""
    return mask.sum(1).clamp(min=1)


def inside(lengths: Tensor, time: int) -> Tensor:
    """Return the mask of left-aligned reviews, bool `[batch, time]`."""
    return torch.arange(time, device=lengths.device) < lengths[:, None]


def reversal(lengths: Tensor, time: int) -> Tensor:
    """Return the index `[time, batch]` that reverses each left-aligned review within its length.

    It is a permutation of the steps, and its own inverse.
    """
    steps = torch.arange(time, device=lengths.device)
    index = lengths - 1 - steps[:, None]
    return torch.where(index < 0, index + time, index)


def reverse(steps: Tensor, index: Tensor) -> Tensor:
    """Reverse `[time, batch]` or `[time, batch, size]` along time by an index from `reversal`."""
    if steps.dim() > index.dim():
        index = index[:, :, None].expand_as(steps)
    return steps.gather(0, index)


def mean_over_time(steps: Tensor, lengths: Tensor) -> Tensor:
    """Take the mean over left-aligned reviews: `[batch, time, size]` to `[batch, size]`."""
    weights = inside(lengths, steps.shape[1]) / lengths[:, None]
    return (weights.to(steps.dtype)[:, None] @ steps)[:, 0]


def max_over_time(steps: Tensor, lengths: Tensor) -> Tensor:
    """Take the maximum over left-aligned reviews: `[batch, time, size]` to `[batch, size]`."""
    # Adding takes half the time of masked_fill, forwards and backwards.
    barrier = torch.where(inside(lengths, steps.shape[1]), 0.0, float("-inf"))
    return (steps + barrier.to(steps.dtype)[:, :, None]).max(1).values


def pool(steps: Tensor, lengths: Tensor, pooling: Pooling) -> Tensor:
    """Take the mean or maximum over the words of left-aligned reviews.

    Args:
        steps: `[batch, time, size]`.
        lengths: `[batch]`.
        pooling: "mean" or "max".

    Returns:
        `[batch, size]`.
    """
    return (mean_over_time if pooling == "mean" else max_over_time)(steps, lengths)
