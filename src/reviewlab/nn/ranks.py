"""Gather values from all processes of a training run, and save their random generators."""

from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def of_all_ranks(own: T, world_size: int) -> list[T]:
    """Gather a value from every rank.

    Args:
        own: this rank's value; any tensors in it must be on the CPU.
        world_size: number of ranks, each of which must make this call.

    Returns:
        The values of all ranks, in order of rank.
    """
    if world_size == 1:
        return [own]
    parts: list[Any] = [None] * world_size
    torch.distributed.all_gather_object(parts, own)
    return parts


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """Return the states of the random generators that this rank draws from.

    Returns:
        `cpu` and, if `device` is a GPU, `cuda`: the state of this GPU alone, because a run may be
        resumed on a machine with fewer GPUs.
    """
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_generator_states(states: dict[str, Tensor], device: torch.device) -> None:
    """Restore the `states` of the generators that exist for `device`."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
