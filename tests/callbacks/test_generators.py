"""What is drawn after a run was stopped is what would have been drawn."""

import pytest
import torch

from reviewlab.callbacks.generators import generators, set_generators

CPU = torch.device("cpu")


def test_drawing_goes_on() -> None:
    states = generators(CPU)
    drawn = torch.rand(3)
    set_generators(states, CPU)
    assert torch.equal(torch.rand(3), drawn)


def test_a_rank_asks_its_own_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: a run may go on where there are fewer."""
    own = torch.device("cuda", 1)
    asked = []

    def state(device: torch.device) -> torch.Tensor:
        asked.append(device)
        return torch.get_rng_state()

    def set_state(state: torch.Tensor, device: torch.device) -> None:
        asked.append(device)

    monkeypatch.setattr(torch.cuda, "get_rng_state", state)
    monkeypatch.setattr(torch.cuda, "set_rng_state", set_state)
    states = generators(own)
    set_generators(states, own)
    set_generators(states, CPU)
    set_generators(generators(CPU), own)
    assert asked == [own, own]
