"""A single step computed directly, against the stack's own layers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from reviewlab.nn.bag import freeze_recurrent_kernels, over_one_step
from reviewlab.nn.kernels.library import widths
from reviewlab.nn.recurrent import RecurrentStack


def outputs_and_gradients(stack: RecurrentStack, vectors: Tensor, direct: bool) -> list[Tensor]:
    vectors = vectors.clone().requires_grad_()
    ones = torch.ones(len(vectors), dtype=torch.int64)
    states = over_one_step(stack, vectors) if direct else stack(vectors[None], ones)[0]
    trained = [weight for weight in stack.parameters() if weight.requires_grad]
    weights = torch.linspace(-1, 1, states.numel(), dtype=states.dtype).view_as(states)
    return [states, *torch.autograd.grad((states * weights).sum(), [vectors, *trained])]


@given(
    batch=st.integers(1, 5),
    size=st.integers(1, 6),
    hidden=st.integers(1, 6),
    num_layers=st.integers(1, 4),
    bidirectional=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_states_and_gradients_are_those_of_the_layers(
    batch: int, size: int, hidden: int, num_layers: int, bidirectional: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    stack = RecurrentStack(
        "lstm", size, hidden, num_layers, bidirectional=bidirectional, kernel="torch"
    ).double()
    freeze_recurrent_kernels(stack)
    vectors = torch.randn(batch, size, dtype=torch.float64)
    layers = outputs_and_gradients(stack, vectors, direct=False)
    torch.testing.assert_close(outputs_and_gradients(stack, vectors, direct=True), layers)


def test_dropout_between_layers_draws_the_same_masks() -> None:
    stack = RecurrentStack("lstm", 4, 3, 3, dropout=0.5, kernel="torch").double()
    freeze_recurrent_kernels(stack)
    vectors = torch.randn(5, 4, dtype=torch.float64)
    results = []
    for direct in (True, False):
        torch.manual_seed(1)
        results.append(outputs_and_gradients(stack, vectors, direct)[0])
    torch.testing.assert_close(*results)


@pytest.mark.skipif(not widths(), reason="the compiled kernel is not installed")
def test_the_compiled_kernel_runs_if_it_was_asked_for() -> None:
    stack = RecurrentStack("lstm", 4, 3, kernel="compiled")
    called: list[Tensor] = []
    stack.register_forward_hook(lambda module, arguments, result: called.append(result))
    over_one_step(stack, torch.randn(2, 4))
    assert len(called) == 1
