"""One recurrent layer in one direction, over word vectors or over one-hot words."""

import math
from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn import kernels
from reviewlab.nn.padding import reverse

Cell = Literal["rnn", "lstm", "gru"]

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {
    "rnn": kernels.RNN,
    "lstm": kernels.LSTM,
    "gru": kernels.GRU,
}
GATES: dict[str, int] = {"rnn": 1, "lstm": 4, "gru": 3}


class Reader(nn.Module):
    """A recurrent layer in one direction.

    It maps `[time, batch, input_size]` to `[time, batch, hidden_size]`.

    Args:
        cell: the kind of layer.
        input_size: width of a step.
        hidden_size: width of the state.
        input_dropout: dropout rate on the input. A review loses the same inputs at every step, as
            with the `dropout` of a recurrent layer in Keras. (torch's own dropout draws a new mask
            at each step.)
    """

    def __init__(self, cell: Cell, input_size: int, hidden_size: int, input_dropout: float) -> None:
        super().__init__()
        self.rnn = CELLS[cell](input_size, hidden_size)
        self.input_dropout = input_dropout

    @property
    def drops_inputs(self) -> bool:
        """True if inputs are dropped now: in training, if the dropout rate is above 0."""
        return self.training and self.input_dropout > 0

    def forward(
        self,
        steps: Tensor,
        reading: kernels.Reading | None = None,
        words: kernels.Words | None = None,
    ) -> Tensor:
        """Return the state after each step.

        Args:
            steps: `[time, batch, input_size]`; with `words`, a table `[words, input_size]`.
            reading: the layout of the batch for the compiled kernel; None runs torch's layer.
            words: the table's row for each word; not allowed while inputs are dropped.
        """
        if self.drops_inputs:
            steps = steps * F.dropout(torch.ones_like(steps[0]), self.input_dropout)
        states: Tensor = self.rnn(steps, None, reading, words)[0]
        return states


class InputKernel(nn.Module):
    """The input weights of a layer that reads one-hot vectors, looked up by the word's id.

    A one-hot vector times a matrix is one of its rows, so the vectors themselves are never built.

    Args:
        vocab_size: number of token ids.
        kernel_size: width of the kernel, which is `hidden_size` for each gate.
        hidden_size: width of the layer's state.
    """

    def __init__(self, vocab_size: int, kernel_size: int, hidden_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocab_size, kernel_size))
        bound = 1 / math.sqrt(hidden_size)  # as in torch's recurrent layers
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Look up ids: `[...]` to `[..., kernel_size]`."""
        return F.embedding(token_ids, self.weight)


class OneHotReader(nn.Module):
    """A recurrent layer in one direction over one-hot words, given as ids `[time, batch]`.

    It has the same parameters as torch's layer over one-hot vectors. The product of input and
    kernel is looked up; torch's fused layer still needs input weights, and gets a constant identity
    matrix.

    Args:
        cell: the kind of layer.
        vocab_size: number of token ids.
        hidden_size: width of the state.
        input_dropout: share of the vocabulary that is dropped, the same for all steps of a review.
    """

    def __init__(self, cell: Cell, vocab_size: int, hidden_size: int, input_dropout: float) -> None:
        super().__init__()
        kernel_size = GATES[cell] * hidden_size
        self.kernel = InputKernel(vocab_size, kernel_size, hidden_size)
        self.rnn = CELLS[cell](kernel_size, hidden_size)
        del self.rnn.weight_ih_l0
        self.rnn.register_buffer("weight_ih_l0", None, persistent=False)
        self.rnn.weight_ih_l0 = torch.eye(kernel_size)  # assigning it updates torch's flat list too
        self.input_dropout = input_dropout

    def forward(self, token_ids: Tensor, reading: kernels.Reading | None = None) -> Tensor:
        """Return the state after each step; dropout removes whole words of the vocabulary."""
        drops = self.training and self.input_dropout > 0
        if reading is not None and not drops:
            words = kernels.Words(token_ids.to(torch.int64).contiguous())
            looked_up: Tensor = self.rnn(self.kernel.weight, None, reading, words)[0]
            return looked_up
        steps = self.kernel(token_ids)
        if drops:
            words = steps.new_ones(self.kernel.weight.shape[0], token_ids.shape[1])
            keep = F.dropout(words, self.input_dropout).gather(0, token_ids)
            steps = steps * keep[:, :, None]
        states: Tensor = self.rnn(steps, None, reading)[0]
        return states


def read_layer(readers: nn.Module, steps: Tensor, index: Tensor | None) -> Tensor:
    """Return the states of one layer; the states of two directions are concatenated.

    Args:
        readers: the layer's forward direction and, if there is one, its backward direction.
        steps: `[time, batch, size]`, or ids `[time, batch]`.
        index: the result of `reversal`; None with one direction.
    """
    forwards, *rest = readers.children()
    states: Tensor = forwards(steps)
    if index is None:
        return states
    backwards = reverse(rest[0](reverse(steps, index)), index)
    return torch.cat([states, backwards], 2)


def read_layer_compiled(
    readers: nn.Module, steps: Tensor, readings: tuple[kernels.Reading, ...], table: Tensor | None
) -> Tensor:
    """Return the states of one layer, computed by the compiled kernel.

    Args:
        readers: the layer's forward direction and, if there is one, its backward direction.
        steps: `[time, batch, size]`, or ids `[time, batch]`.
        readings: for each direction, the layout of the batch for the compiled kernel.
        table: word vectors to look up the ids in; None to use `steps` as they are.
    """
    inputs = (steps,) if table is None else (table,)
    first, *rest = readers.children()
    gates = len(first.get_parameter("rnn.weight_hh_l0"))
    words = () if table is None else (kernels.Words.of(steps, len(table), gates),)
    pairs = zip((first, *rest), readings, strict=False)
    states = [reader(*inputs, reading, *words) for reader, reading in pairs]
    return states[0] if len(states) == 1 else torch.cat(states, -1)
