"""Every use of randomness has its own stream."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.training.seeding import derive_seed, seed_dropout, seed_initialisation

seeds = st.integers(0, 2**32)
purposes = st.sampled_from(["initialisation", "dropout"])
streams = st.tuples(seeds, purposes, st.integers(0, 64))


@given(streams, streams)
def test_streams_differ_exactly_when_what_they_are_for_differs(one: Any, other: Any) -> None:
    assert (derive_seed(*one) == derive_seed(*other)) == (one == other)


@given(streams)
def test_a_seed_is_one_that_torch_takes(stream: Any) -> None:
    assert 0 <= derive_seed(*stream) < 2**63
    torch.Generator().manual_seed(derive_seed(*stream))


def test_derived_seeds_never_change() -> None:
    """Published results have to be reproducible with later versions."""
    assert derive_seed(0, "initialisation") == 5_902_139_385_470_816_081


def drawn() -> torch.Tensor:
    return torch.rand(5)


def test_dropout_does_not_depend_on_what_was_drawn_before() -> None:
    seed_dropout(3)
    first = drawn()
    seed_initialisation(3)
    torch.rand(17)
    seed_dropout(3)
    assert torch.equal(drawn(), first)
    seed_initialisation(3)
    assert not torch.equal(drawn(), first)
    seed_dropout(3, rank=1)
    assert not torch.equal(drawn(), first)


@pytest.mark.parametrize("change", [{"dropout": 0.0}, {"dropout": 0.9}, {"pooling": "mean"}])
def test_initial_weights_follow_from_the_seed_alone(setup: Setup, change: dict[str, Any]) -> None:
    before = setup.build()[0].state_dict()
    torch.rand(99)
    setup.model = {**setup.model, **change}
    after = setup.build()[0].state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


class Watch(Callback):
    """Records the token ids of every batch."""

    def __init__(self) -> None:
        self.batches: list[torch.Tensor] = []

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, *_: Any) -> None:
        self.batches.append(batch.inputs.token_ids)


def test_a_deeper_model_sees_the_same_batches(setup: Setup) -> None:
    seen = []
    for layers in (1, 3):
        watch = Watch()
        setup.callbacks = lambda watch=watch: [watch]
        setup.model = {"num_layers": layers, "dropout": 0.3 if layers > 1 else 0.0}
        setup.run()
        seen.append(watch.batches)
    shallow, deep = seen
    assert len(shallow) == len(deep) == 15
    assert all(torch.equal(one, other) for one, other in zip(shallow, deep, strict=True))
    first, second = shallow[:5], shallow[5:10]
    assert not all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_two_runs_are_one(setup: Setup) -> None:
    (one, weights), (other, other_weights) = setup.run(), setup.run()
    assert one.curves == other.curves
    assert all(torch.equal(weights[name], other_weights[name]) for name in weights)
