"""A resumed run draws the same random numbers as an uninterrupted one."""

import pytest
import torch

from reviewlab.nn.ranks import generator_states, of_all_ranks, set_generator_states

CPU = torch.device("cpu")


def test_drawing_goes_on() -> None:
    states = generator_states(CPU)
    drawn = torch.rand(3)
    set_generator_states(states, CPU)
    assert torch.equal(torch.rand(3), drawn)


def test_a_rank_asks_its_own_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number does not matter: a run may resume on a machine with fewer."""
    own = torch.device("cuda", 1)
    asked = []

    def state(device: torch.device) -> torch.Tensor:
        asked.append(device)
        return torch.get_rng_state()

    def set_state(state: torch.Tensor, device: torch.device) -> None:
        asked.append(device)

    monkeypatch.setattr(torch.cuda, "get_rng_state", state)
    monkeypatch.setattr(torch.cuda, "set_rng_state", set_state)
    states = generator_states(own)
    set_generator_states(states, own)
    set_generator_states(states, CPU)
    set_generator_states(generator_states(CPU), own)
    assert asked == [own, own]


def test_a_single_rank_asks_nobody() -> None:
    own = {"seen": torch.arange(3)}
    assert of_all_ranks(own, 1) == [own]


def test_what_all_ranks_have_is_ordered_by_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(parts: list[str], own: str) -> None:
        parts[:] = [f"{own} {rank}" for rank in range(len(parts))]

    monkeypatch.setattr(torch.distributed, "all_gather_object", gather)
    assert of_all_ranks("rank", 3) == ["rank 0", "rank 1", "rank 2"]
