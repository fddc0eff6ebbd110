"""The processes of one training: their random generators, and the exchange of what each has."""

from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def of_all_ranks(own: T, world_size: int) -> list[T]:
    """Gather what each rank has.

    Args:
        own: what this rank has; its tensors have to be on the CPU.
        world_size: the number of ranks; every one of them has to call this.

    Returns:
        The values of all ranks, by rank.
    """
    if world_size == 1:
        return [own]
    parts: list[Any] = [None] * world_size
    torch.distributed.all_gather_object(parts, own)
    return parts


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """The states of the random generators that this rank draws from.

    Returns:
        `cpu` and, where `device` is a GPU, `cuda`: of that GPU alone, as a run may go on where
        there are fewer.
    """
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_generator_states(states: dict[str, Tensor], device: torch.device) -> None:
    """Draw on from `states`, as far as `device` has such generators."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
