"""The initial weights of Keras: bounds, spread and exact values."""

import math

import pytest
import torch
from torch import Tensor, nn

from reviewlab.nn import RecurrentEncoder, TransformerEncoder, initialise
from reviewlab.nn.recurrent import InputKernel, RecurrentStack


def is_uniform(weight: Tensor, bound: float) -> bool:
    """Tell whether values are within a bound and spread like a uniform variable."""
    near = 0.95 * bound < weight.abs().max() <= bound
    return bool(near) and abs(weight.std().item() * math.sqrt(3) / bound - 1) < 0.05


@pytest.mark.parametrize(("cell", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_recurrent_layers_begin_as_in_keras(cell: str, gates: int) -> None:
    stack = RecurrentStack(cell, 48, 32, num_layers=2)
    initialise(stack, "keras")
    for layer, input_size in zip(stack.layers, (48, 32), strict=True):
        rnn = layer[0].rnn
        assert is_uniform(rnn.weight_ih_l0, math.sqrt(6 / (input_size + gates * 32)))
        kernel = rnn.weight_hh_l0  # [gates * hidden, hidden], Keras' transposed
        torch.testing.assert_close(kernel.t() @ kernel, torch.eye(32), atol=1e-5, rtol=0)
        biases = rnn.bias_ih_l0 + rnn.bias_hh_l0
        forget = slice(32, 64) if cell == "lstm" else slice(0)
        assert (biases[forget] == 1).all()
        biases[forget] = 0
        assert (biases == 0).all()
        assert (rnn.bias_hh_l0 == 0).all()


def test_forget_bias_opens_the_forget_gate() -> None:
    """With no input and all other weights 0, a cell keeps sigmoid(1) of its state."""
    stack = RecurrentStack("lstm", 3, 4)
    initialise(stack, "keras")
    rnn = stack.layers[0][0].rnn
    nothing, cell = torch.zeros(1, 1, 4), torch.ones(1, 1, 4)
    _, (_, after) = rnn(torch.zeros(1, 1, 3), (nothing, cell))
    torch.testing.assert_close(after, torch.sigmoid(cell))


def test_one_hot_kernels_begin_like_input_kernels() -> None:
    encoder = RecurrentEncoder("lstm", 300, 8, input="one_hot")
    initialise(encoder, "keras")
    reader = encoder.recurrent.layers[0][0]
    assert isinstance(reader.kernel, InputKernel)
    assert is_uniform(reader.kernel.weight, math.sqrt(6 / (300 + 32)))
    assert torch.equal(reader.rnn.weight_ih_l0, torch.eye(32))


def test_embeddings_linear_layers_and_convolutions_begin_as_in_keras() -> None:
    module = nn.ModuleList(
        [nn.Embedding(500, 16), nn.Linear(64, 32), nn.Conv1d(16, 32, 3), nn.LayerNorm(4)]
    )
    initialise(module, "keras")
    embedding, linear, convolution, norm = module
    assert is_uniform(embedding.weight, 0.05)
    assert is_uniform(linear.weight, math.sqrt(6 / (64 + 32)))
    assert is_uniform(convolution.weight, math.sqrt(6 / (3 * 16 + 3 * 32)))
    assert not linear.bias.any()
    assert not convolution.bias.any()
    assert (norm.weight == 1).all()


def test_attention_kernels_and_positions_begin_as_in_keras() -> None:
    encoder = TransformerEncoder(100, 50, 32, 4, 64, num_layers=1)
    initialise(encoder, "keras")
    assert is_uniform(encoder.positions.weight, 0.05)
    for kernel in encoder.layers.layers[0].self_attn.in_proj_weight.chunk(3):
        assert is_uniform(kernel, math.sqrt(6 / (32 + 32)))


def test_torch_keeps_what_torch_has_drawn() -> None:
    torch.manual_seed(3)
    encoder = RecurrentEncoder("gru", 20, 4)
    before = [weight.detach().clone() for weight in encoder.parameters()]
    initialise(encoder, "torch")
    assert all(map(torch.equal, before, encoder.parameters()))


def test_the_seed_decides_every_weight() -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(5)
        encoder = RecurrentEncoder("lstm", 20, 4, num_layers=2, bidirectional=True)
        initialise(encoder, "keras")
        weights.append(list(encoder.parameters()))
    assert all(map(torch.equal, *weights))
