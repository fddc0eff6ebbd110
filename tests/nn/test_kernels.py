"""The compiled kernel gives what torch's layers give: states, and the gradients of everything."""

import os
from typing import Any, NamedTuple
from unittest import mock

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.nn.kernels import assert_near, compiled, needs_library, with_torch
from torch import Tensor, nn

from reviewlab.nn import kernels
from reviewlab.nn.kernels import Choice
from reviewlab.nn.padding import align, inside
from reviewlab.nn.recurrent import RecurrentEncoder, RecurrentStack

pytestmark = needs_library

VOCAB = 7
SHAPES = int(os.environ.get("REVIEWLAB_SHAPES", "60"))
"""The number of random shapes to compare; `make test-kernel` sets it to 2,000."""


class Case(NamedTuple):
    """A stack, a batch for it and where the batch has words."""

    stack: RecurrentStack
    steps: Tensor
    lengths: Tensor
    embedding: nn.Module
    ends: bool
    seed: int

    def read(self, stack: RecurrentStack) -> Tensor:
        """The states that a stack computes for the batch."""
        return stack.read_words(self.embedding, self.steps, self.lengths, self.ends)

    def given(self, states: Tensor) -> Tensor:
        """The states that are not on padding."""
        return states if self.ends else states[inside(self.lengths, len(states)).t()]


@st.composite
def cases(draw: Any) -> Case:
    """Stacks and batches of all kinds."""
    seed = draw(st.integers(0, 2**20))
    torch.manual_seed(seed)
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    time, batch, size = draw(st.integers(1, 12)), draw(st.integers(1, 20)), draw(st.integers(1, 9))
    source = draw(st.sampled_from(["steps", "words", "one_hot"]))
    stack = RecurrentStack(
        draw(st.sampled_from(["lstm", "gru", "rnn"])),
        VOCAB if source == "one_hot" else size,
        draw(st.integers(1, 20)),
        draw(st.integers(1, 3)),
        bidirectional=draw(st.booleans()),
        dropout=draw(st.sampled_from([0.0, 0.5])),
        input_dropout=draw(st.sampled_from([0.0, 0.5])),
        one_hot=source == "one_hot",
    ).to(dtype)
    vocab_size = draw(st.sampled_from([VOCAB, 300]))  # fewer and more words than tokens
    embedding = nn.Embedding(vocab_size, size).to(dtype) if source == "words" else nn.Identity()
    steps = torch.randint(0, VOCAB, (batch, time)).t()
    if source == "steps":
        steps = torch.randn(time, batch, size, dtype=dtype, requires_grad=True)
    full = draw(st.booleans())
    lengths = torch.full((batch,), time) if full else torch.randint(1, time + 1, (batch,))
    return Case(stack, steps, lengths, embedding, draw(st.booleans()), seed)


def states_and_gradients(case: Case, stack: RecurrentStack) -> list[Tensor]:
    """Run a stack, and differentiate a sum of its states with random weights."""
    torch.manual_seed(case.seed)
    states = case.read(stack)
    sources = [*case.embedding.parameters(), *([case.steps] if case.steps.requires_grad else [])]
    loss = case.given(states * torch.randn_like(states)).sum()
    return [case.given(states), *torch.autograd.grad(loss, [*stack.parameters(), *sources])]


@pytest.mark.parametrize("width", kernels.widths())
@settings(max_examples=SHAPES, deadline=None)
@given(case=cases())
def test_states_and_every_gradient_are_those_of_torch(width: str, case: Case) -> None:
    expected = states_and_gradients(case, with_torch(case.stack))
    own = states_and_gradients(case, compiled(case.stack, width))
    largest = max(tensor.abs().max().item() for tensor in expected)
    for one, other in zip(own, expected, strict=True):
        assert one.shape == other.shape
        # in float32, the rounding of a sum that cancels is that of its terms
        exact = other.dtype == torch.float64
        assert_near(one, other, least=largest / 10 if exact else largest)


@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_two_runs_are_equal_to_the_bit(case: Case) -> None:
    runs = [states_and_gradients(case, compiled(case.stack)) for _ in range(2)]
    assert all(map(torch.equal, *runs))


@pytest.mark.parametrize("width", kernels.widths())
@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_a_graph_that_is_kept_gives_its_gradients_again(width: str, case: Case) -> None:
    stack = compiled(case.stack, width)
    loss = case.given(case.read(stack)).sum()
    parameters = [*stack.parameters()]
    runs = [
        torch.autograd.grad(loss, parameters, retain_graph=kept) for kept in (True, True, False)
    ]
    assert all(map(torch.equal, runs[0], runs[1]))
    assert all(map(torch.equal, runs[0], runs[2]))  # the last may overwrite what was saved
    with pytest.raises(RuntimeError, match="a second time"):
        torch.autograd.grad(loss, parameters)


@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_a_review_has_the_same_states_alone(case: Case) -> None:
    stack = compiled(case.stack).eval()
    together = stack.read_words(case.embedding, case.steps, case.lengths)
    alone = stack.read_words(case.embedding, case.steps[:, -1:], case.lengths[-1:])
    assert_near(alone[:, 0], together[:, -1])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_reviews_are_aligned_as_for_torch(data: Any) -> None:
    batch, time = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 12))
    begins = data.draw(st.lists(st.integers(0, time), min_size=batch, max_size=batch))
    ends = [data.draw(st.integers(begin, time)) for begin in begins]
    places = torch.arange(time)
    mask = (places >= torch.tensor(begins)[:, None]) & (places < torch.tensor(ends)[:, None])
    token_ids = torch.arange(batch * time).reshape(batch, time)
    expected, lengths = align(token_ids, mask)
    aligned, own_lengths = kernels.align(token_ids, mask)
    assert torch.equal(own_lengths, lengths)
    assert torch.equal(aligned, expected.t())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_initial_state_and_no_biases_are_read_as_by_torch(data: Any) -> None:
    torch.manual_seed(data.draw(st.integers(0, 2**20)))
    layer = data.draw(st.sampled_from([kernels.LSTM, kernels.GRU, kernels.RNN]))
    time, batch, hidden = (data.draw(st.integers(1, most)) for most in (9, 20, 12))
    own = layer(3, hidden, bias=data.draw(st.booleans()), dtype=torch.float64)
    lengths = torch.randint(1, time + 1, (batch,))
    forwards = Choice("compiled", kernels.widths()[0]).readings(own.weight_hh_l0, lengths, time)
    assert forwards is not None
    steps = torch.randn(time, batch, 3, dtype=torch.float64, requires_grad=True)
    count = 2 if layer is kernels.LSTM else 1
    states = [torch.randn(1, batch, hidden).double().requires_grad_() for _ in range(count)]
    initial = tuple(states) if count == 2 else states[0]
    words = inside(lengths, time).t()
    weights = torch.randn(time, batch, hidden).double()
    both = []
    for reading in (None, forwards[0]):
        output = own(steps, initial, reading)[0]
        loss = (output * weights)[words].sum()
        sources = [*own.parameters(), steps, *states]
        both.append([output[words], *torch.autograd.grad(loss, sources)])
    with torch.no_grad():
        assert_near(own(steps, initial, forwards[0])[0][words], both[0][0])
    largest = max(tensor.abs().max().item() for tensor in both[0])
    for expected, one in zip(*both, strict=True):
        assert one.shape == expected.shape
        assert_near(one, expected, least=largest / 10)


@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_an_evaluation_in_smaller_batches_has_the_same_states(case: Case) -> None:
    stack = compiled(case.stack).eval()
    whole = case.given(case.read(stack))
    with torch.no_grad(), mock.patch("reviewlab.nn.kernels.columns.LARGEST_BATCH", 1):
        assert kernels.reviews_at_once(len(case.steps), stack.hidden_size) == 16
        assert_near(case.given(case.read(stack)), whole)


@pytest.mark.parametrize("width", kernels.widths())
@settings(max_examples=SHAPES, deadline=None)
@given(case=cases())
def test_an_evaluation_without_gradients_has_the_same_states(width: str, case: Case) -> None:
    stack = compiled(case.stack, width).eval()
    states = case.read(stack)
    assert states.requires_grad
    with torch.no_grad():
        assert_near(case.given(case.read(stack)), case.given(states))


def encoders(cell: Any, dtype: torch.dtype, **options: Any) -> list[RecurrentEncoder]:
    """Two encoders with the same weights, one for each kernel."""
    torch.manual_seed(0)
    one = RecurrentEncoder(cell, 20, 5, embedding_size=6, **options).to(dtype)
    two = RecurrentEncoder(cell, 20, 5, embedding_size=6, **options).to(dtype)
    two.load_state_dict(one.state_dict())
    one.recurrent, two.recurrent = with_torch(one.recurrent), compiled(two.recurrent)
    return [one, two]


@pytest.mark.parametrize(("dtype", "most"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_losses_of_a_hundred_steps_are_those_of_torch(
    cell: str, dtype: torch.dtype, most: float
) -> None:
    token_ids = torch.randint(1, 20, (16, 9), generator=torch.Generator().manual_seed(1))
    mask = torch.arange(9) < (torch.arange(16) % 9 + 1)[:, None]
    curves = []
    for encoder in encoders(cell, dtype, num_layers=2, bidirectional=True):
        optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
        losses = []
        for _ in range(100):
            optimizer.zero_grad()
            loss = (encoder(token_ids, mask) - token_ids[:, :1] / 20).square().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        curves.append(losses)
    assert max(abs(a - b) / a for a, b in zip(*curves, strict=True)) <= most


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
@pytest.mark.parametrize("mask_padding", [True, False])
def test_pooled_states_are_those_of_torch(pooling: str, mask_padding: bool) -> None:
    token_ids = torch.randint(1, 20, (10, 9))
    mask = torch.arange(9) >= (torch.arange(10) % 9)[:, None]
    options = {"pooling": pooling, "mask_padding": mask_padding, "bidirectional": True}
    features = [e(token_ids, mask) for e in encoders("gru", torch.float64, **options)]
    assert_near(features[1], features[0])


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_nan_in_one_review_does_not_reach_another(cell: Any) -> None:
    stack = compiled(RecurrentStack(cell, 3, 4, 2, bidirectional=True))
    lengths = torch.tensor([2, 9, 5, 1, 7, 3, 9, 4, 6, 8, 2])
    steps = torch.randn(9, 11, 3)
    steps[:, 4] = float("nan")
    steps.requires_grad_()
    states = stack(steps, lengths)
    others = torch.arange(11) != 4
    assert not states[:, others].isnan().any()
    states[:, others].sum().backward()
    assert steps.grad is not None
    assert not steps.grad[:, others].isnan().any()


def test_state_dicts_are_those_of_torch_s_layers() -> None:
    for cell, layer in (("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)):
        own = RecurrentStack(cell, 3, 4).layers[0][0].rnn
        assert list(own.state_dict()) == list(layer(3, 4).state_dict())
        own.load_state_dict(layer(3, 4).state_dict())


def test_second_derivatives_are_refused() -> None:
    stack = compiled(RecurrentStack("gru", 3, 4))
    steps = torch.randn(5, 2, 3, requires_grad=True)
    loss = stack(steps, torch.full((2,), 5)).square().sum()
    [slope] = torch.autograd.grad(loss, steps, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


def test_another_type_than_that_of_the_weights_is_refused() -> None:
    stack = compiled(RecurrentStack("gru", 3, 4))
    with pytest.raises(TypeError, match="cannot read"):
        stack(torch.randn(5, 8, 3, dtype=torch.float64), torch.full((8,), 5))


def test_ids_may_be_of_any_integer_type() -> None:
    stack, embedding = compiled(RecurrentStack("gru", 3, 4)), nn.Embedding(VOCAB, 3)
    ids, lengths = torch.randint(0, VOCAB, (5, 8)), torch.full((8,), 5)
    short = stack.read_words(embedding, ids.int(), lengths.int())
    assert torch.equal(short, stack.read_words(embedding, ids, lengths))


@pytest.mark.parametrize("vocab_size", [VOCAB, 300])
@pytest.mark.parametrize("beyond", [0, -301])
@pytest.mark.parametrize("gradients", [True, False])
def test_an_id_outside_the_vocabulary_is_refused(
    vocab_size: int, beyond: int, gradients: bool
) -> None:
    stack = compiled(RecurrentStack("gru", 3, 4))
    ids = torch.full((5, 8), vocab_size + beyond)
    with pytest.raises(IndexError, match="token ids"), torch.set_grad_enabled(gradients):
        stack.read_words(nn.Embedding(vocab_size, 3), ids, torch.full((8,), 5))
