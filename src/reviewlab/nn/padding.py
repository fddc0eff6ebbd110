"""Padding on either side, made harmless: reviews aligned to the left, read backwards, pooled.

Packed sequences would do the same and cost a CPU six times as much.
"""

from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["mean", "max"]


def align(token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Moves each review to the left of its row; gives ids `[batch, time]` and lengths `[batch]`.

    What stands behind a review's end is arbitrary. An empty review has length 1: it is read as one
    padding token, so that nothing later divides by zero or pools over nothing.
    """
    time = token_ids.shape[1]
    start = mask.to(torch.uint8).argmax(1, keepdim=True)  # [batch, 1]; argmax knows no bool
    steps = torch.arange(time, device=token_ids.device)
    return token_ids.gather(1, (start + steps).clamp(max=time - 1)), lengths_of(mask)


def unalign(values: Tensor, mask: Tensor) -> Tensor:
    """Values `[batch, time]` of aligned words to where the words stand in `mask`; 0 on padding."""
    place = (mask.cumsum(1) - 1).clamp(min=0)  # of each word in its aligned review
    return values.gather(1, place) * mask


def lengths_of(mask: Tensor) -> Tensor:
    """Words in each review, `[batch]`, at least 1."""
    return mask.sum(1).clamp(min=1)


def inside(lengths: Tensor, time: int) -> Tensor:
    """The mask of aligned reviews, bool `[batch, time]`."""
    return torch.arange(time, device=lengths.device) < lengths[:, None]


def reversal(lengths: Tensor, time: int) -> Tensor:
    """Index `[time, batch]` that reverses each aligned review in its own length.

    Applied twice it gives back the original, and it is a permutation of the steps.
    """
    steps = torch.arange(time, device=lengths.device)
    return (lengths - 1 - steps[:, None]) % time


def reverse(steps: Tensor, index: Tensor) -> Tensor:
    """Reads `[time, batch]` or `[time, batch, size]` backwards, by the index of `reversal`."""
    if steps.dim() > index.dim():
        index = index[:, :, None].expand_as(steps)
    return steps.gather(0, index)


def mean_over_time(steps: Tensor, lengths: Tensor) -> Tensor:
    """Mean over the words of aligned reviews: `[batch, time, size]` to `[batch, size]`."""
    weights = inside(lengths, steps.shape[1]) / lengths[:, None]
    return (weights.to(steps.dtype)[:, None] @ steps)[:, 0]


def max_over_time(steps: Tensor, lengths: Tensor) -> Tensor:
    """Maximum over the words of aligned reviews: `[batch, time, size]` to `[batch, size]`."""
    # Adding costs half of what filling does, forwards and backwards.
    barrier = torch.where(inside(lengths, steps.shape[1]), 0.0, float("-inf"))
    return (steps + barrier.to(steps.dtype)[:, :, None]).max(1).values


def pool(steps: Tensor, lengths: Tensor, pooling: Pooling) -> Tensor:
    """Mean or maximum over the words of aligned reviews."""
    return (mean_over_time if pooling == "mean" else max_over_time)(steps, lengths)
