"""What the processes of one training tell each other."""

from typing import Any, TypeVar

import torch

T = TypeVar("T")


def of_all_ranks(own: T, world_size: int) -> list[T]:
    """What each rank has, by rank; every rank has to ask, and tensors have to be on the CPU."""
    if world_size == 1:
        return [own]
    parts: list[Any] = [None] * world_size
    torch.distributed.all_gather_object(parts, own)
    return parts
