"""The random generators that a rank draws from."""

import torch
from torch import Tensor


def generators(device: torch.device) -> dict[str, Tensor]:
    """The states of those on the CPU and, where the rank trains on one, on its own GPU."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_generators(states: dict[str, Tensor], device: torch.device) -> None:
    """Draw on from `states`, as far as `device` has such generators."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
