"""Recurrent stacks against torch's own layers on packed sequences and on one-hot vectors."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from reviewlab.nn.padding import inside
from reviewlab.nn.recurrent import (
    CELLS,
    Cell,
    OneHotReader,
    Reader,
    RecurrentEncoder,
    RecurrentStack,
)

TIME, BATCH, SIZE, HIDDEN, VOCAB = 9, 6, 5, 4, 11
LENGTHS = torch.tensor([9, 1, 4, 7, 2, 9])

every_cell = pytest.mark.parametrize("cell", list(CELLS))
every_shape = pytest.mark.parametrize(
    ("num_layers", "bidirectional"), list(itertools.product([1, 2, 3], [False, True]))
)


def reference(stack: RecurrentStack, cell: Cell, input_size: int, num_layers: int) -> nn.RNNBase:
    """Make torch's own layers with the weights of `stack`."""
    bidirectional = stack.output_size > stack.hidden_size
    torch_layers = type(CELLS[cell](1, 1))(
        input_size, HIDDEN, num_layers, bidirectional=bidirectional
    )
    for layer, readers in enumerate(stack.layers):
        for reader, suffix in zip(readers, ("", "_reverse"), strict=False):
            for name, weight in reader.rnn.named_parameters():
                getattr(torch_layers, f"{name}{suffix}".replace("l0", f"l{layer}")).data = weight
            if isinstance(reader, OneHotReader):
                getattr(torch_layers, f"weight_ih_l0{suffix}").data = reader.kernel.weight.t()
    return torch_layers.double()


def packed(layers: nn.RNNBase, steps: Tensor) -> tuple[Tensor, Tensor]:
    """Compute states `[time, batch, size]` and last states `[batch, size]`, by packing."""
    sequence = pack_padded_sequence(steps, LENGTHS, enforce_sorted=False)
    states, last = layers(sequence)
    last = last[0] if isinstance(last, tuple) else last
    directions = 2 if layers.bidirectional else 1
    return pad_packed_sequence(states)[0], torch.cat(list(last[-directions:]), 1)


@every_cell
@every_shape
def test_states_are_those_of_packed_sequences(
    cell: Cell, num_layers: int, bidirectional: bool
) -> None:
    stack = RecurrentStack(cell, SIZE, HIDDEN, num_layers, bidirectional=bidirectional).double()
    steps = torch.randn(TIME, BATCH, SIZE, dtype=torch.float64)
    states = stack(steps, LENGTHS)
    expected, expected_last = packed(reference(stack, cell, SIZE, num_layers), steps)
    words = inside(LENGTHS, TIME).t()
    torch.testing.assert_close(states[words], expected[words])
    torch.testing.assert_close(stack.last(states, LENGTHS), expected_last)


@every_cell
@every_shape
def test_one_hot_ids_are_read_like_one_hot_vectors(
    cell: Cell, num_layers: int, bidirectional: bool
) -> None:
    stack = RecurrentStack(
        cell, VOCAB, HIDDEN, num_layers, bidirectional=bidirectional, one_hot=True
    ).double()
    token_ids = torch.randint(0, VOCAB, (TIME, BATCH))
    vectors = F.one_hot(token_ids, VOCAB).double()
    torch_layers = reference(stack, cell, VOCAB, num_layers)
    expected, expected_last = packed(torch_layers, vectors)
    states = stack(token_ids, LENGTHS)
    words = inside(LENGTHS, TIME).t()
    torch.testing.assert_close(states[words], expected[words])
    torch.testing.assert_close(stack.last(states, LENGTHS), expected_last)
    count = sum(weight.numel() for weight in stack.parameters())
    assert count == sum(weight.numel() for weight in torch_layers.parameters())


@every_cell
def test_one_hot_kernels_get_the_gradient_of_one_hot_vectors(cell: Cell) -> None:
    stack = RecurrentStack(cell, VOCAB, HIDDEN, one_hot=True).double()
    torch_layer = reference(stack, cell, VOCAB, 1)
    token_ids = torch.randint(0, VOCAB, (TIME, BATCH))
    stack(token_ids, torch.full_like(LENGTHS, TIME)).sum().backward()
    torch_layer(F.one_hot(token_ids, VOCAB).double())[0].sum().backward()
    kernel = stack.layers[0][0].kernel.weight
    torch.testing.assert_close(kernel.grad.t(), torch_layer.weight_ih_l0.grad)


def test_the_identity_of_one_hot_readers_follows_the_module_and_stays_out_of_its_state() -> None:
    reader = OneHotReader("gru", VOCAB, HIDDEN, 0.0).double()
    assert reader.rnn.weight_ih_l0.dtype == torch.float64
    assert set(dict(reader.named_parameters())) == set(reader.state_dict())
    assert not any("weight_ih" in name for name in reader.state_dict())


def test_input_dropout_takes_the_same_inputs_from_every_step_of_a_review() -> None:
    reader = Reader("rnn", SIZE, HIDDEN, input_dropout=0.5)
    seen: list[Tensor] = []
    reader.rnn.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    reader(torch.ones(TIME, BATCH, SIZE))
    assert set(seen[0].unique().tolist()) == {0.0, 2.0}
    assert torch.equal(seen[0], seen[0][:1].expand(TIME, -1, -1))
    assert len({tuple(row.tolist()) for row in seen[0][0]}) > 1  # drawn separately for each review
    reader.eval()(torch.ones(TIME, BATCH, SIZE))
    assert torch.equal(seen[1], torch.ones(TIME, BATCH, SIZE))


def test_input_dropout_takes_whole_words_from_one_hot_reviews() -> None:
    reader = OneHotReader("rnn", VOCAB, HIDDEN, input_dropout=0.5)
    seen: list[Tensor] = []
    reader.rnn.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    token_ids = torch.tensor([3, 5, 3, 7, 5, 3])[:, None].expand(-1, 64)
    reader(token_ids)
    scale = seen[0] / reader.kernel.weight.detach()[token_ids]  # [time, batch, kernel]
    torch.testing.assert_close(scale, scale[:, :, :1].expand_as(scale))
    torch.testing.assert_close(scale[0], scale[2])
    torch.testing.assert_close(scale[1], scale[4])
    assert set(scale[0].round().unique().tolist()) == {0.0, 2.0}
    assert not torch.allclose(scale[0], scale[1])


def test_dropout_between_layers_is_drawn_anew_at_each_step_and_not_after_the_last() -> None:
    stack = RecurrentStack("rnn", SIZE, 64, num_layers=2, dropout=0.5)
    seen: list[Tensor] = []
    stack.layers[1][0].rnn.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    states = stack(torch.randn(TIME, BATCH, SIZE), torch.full_like(LENGTHS, TIME))
    dropped = seen[0] == 0
    assert 0.3 < dropped.float().mean() < 0.7
    assert not torch.equal(dropped[0], dropped[1])
    assert not (states == 0).any()


@every_cell
def test_reading_padding_is_reading_it_like_words(cell: Cell) -> None:
    encoder = RecurrentEncoder(cell, VOCAB, HIDDEN, embedding_size=SIZE, mask_padding=False)
    token_ids = torch.tensor([[0, 0, 3, 4], [5, 6, 0, 0]])
    read = encoder(token_ids, token_ids > 0)
    torch.testing.assert_close(read, encoder(token_ids, torch.ones(2, 4, dtype=torch.bool)))
    rnn = encoder.recurrent.layers[0][0].rnn
    torch.testing.assert_close(read, rnn(encoder.embedding(token_ids.t()))[0][-1])
