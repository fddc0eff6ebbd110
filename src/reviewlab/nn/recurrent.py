"""Recurrent encoders that read padded batches whole, forwards and backwards.

Internally time comes first (`[time, batch, size]`), the order in which torch's kernels work, which
saves two copies per step.
"""

import math
from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, pool, reversal, reverse

Cell = Literal["rnn", "lstm", "gru"]
Input = Literal["embedding", "one_hot"]
StatePooling = Literal["last", "mean", "max"]

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
GATES: dict[str, int] = {"rnn": 1, "lstm": 4, "gru": 3}


class Reader(nn.Module):
    """One layer in one direction: `[time, batch, input_size]` to `[time, batch, hidden_size]`.

    Args:
        cell: the kind of layer.
        input_size: width of a step.
        hidden_size: width of the state.
        input_dropout: what Keras calls a recurrent layer's `dropout`: a review loses the same
            inputs at every step. (torch's own dropout draws a new mask at each step.)
    """

    def __init__(self, cell: Cell, input_size: int, hidden_size: int, input_dropout: float) -> None:
        super().__init__()
        self.rnn = CELLS[cell](input_size, hidden_size)
        self.input_dropout = input_dropout

    def forward(self, steps: Tensor) -> Tensor:
        """Return the state after each step."""
        if self.training and self.input_dropout > 0:
            steps = steps * F.dropout(torch.ones_like(steps[0]), self.input_dropout)
        states: Tensor = self.rnn(steps)[0]
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
    """A `Reader` of one-hot vectors, given as ids, int64 `[time, batch]`.

    It has the parameters of torch's layer over one-hot vectors. The product of input and kernel is
    looked up; torch's fused layer, which needs an input kernel, gets a constant identity.

    Args:
        cell: the kind of layer.
        vocab_size: number of token ids.
        hidden_size: width of the state.
        input_dropout: share of the vocabulary that a review loses, at every step.
    """

    def __init__(self, cell: Cell, vocab_size: int, hidden_size: int, input_dropout: float) -> None:
        super().__init__()
        kernel_size = GATES[cell] * hidden_size
        self.kernel = InputKernel(vocab_size, kernel_size, hidden_size)
        self.rnn = CELLS[cell](kernel_size, hidden_size)
        del self.rnn.weight_ih_l0
        self.rnn.register_buffer("weight_ih_l0", None, persistent=False)
        self.rnn.weight_ih_l0 = torch.eye(kernel_size)  # assigned: torch keeps a flat list too
        self.input_dropout = input_dropout

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the state after each step; dropout removes whole words of the vocabulary."""
        steps = self.kernel(token_ids)
        if self.training and self.input_dropout > 0:
            words = steps.new_ones(self.kernel.weight.shape[0], token_ids.shape[1])
            keep = F.dropout(words, self.input_dropout).gather(0, token_ids)
            steps = steps * keep[:, :, None]
        states: Tensor = self.rnn(steps)[0]
        return states


class RecurrentStack(nn.Module):
    """Layers of readers, with one or two readers in each.

    To be read backwards, each row is reversed within its own length, so that padding is never read
    before the words: the result is the same as with packed sequences.

    Args:
        cell: the kind of layer.
        input_size: width of a step; with `one_hot`, the number of token ids.
        hidden_size: width of the state in each direction.
        num_layers: number of layers.
        bidirectional: two readers in each layer, side by side in its output.
        dropout: dropout rate between layers, with a new mask at each step.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review.
        one_hot: the first layer reads one-hot vectors, given as ids.
    """

    def __init__(
        self,
        cell: Cell,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        one_hot: bool = False,
    ) -> None:
        super().__init__()
        directions = 2 if bidirectional else 1
        self.hidden_size = hidden_size
        self.output_size = directions * hidden_size
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList()
        for layer in range(num_layers):
            reader = OneHotReader if one_hot and layer == 0 else Reader
            size = input_size if layer == 0 else self.output_size
            readers = (reader(cell, size, hidden_size, input_dropout) for _ in range(directions))
            self.layers.append(nn.ModuleList(readers))

    def forward(self, steps: Tensor, lengths: Tensor) -> Tensor:
        """Return states `[time, batch, output_size]` of aligned reviews.

        Args:
            steps: `[time, batch, input_size]`; with `one_hot`, ids int64 `[time, batch]`.
            lengths: `[batch]`.
        """
        index = reversal(lengths, steps.shape[0]) if self.output_size > self.hidden_size else None
        for number, readers in enumerate(self.layers):
            if number > 0:
                steps = self.dropout(steps)
            steps = _read(readers, steps, index)
        return steps

    def last(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Return the state of each direction after its last word, `[batch, output_size]`."""
        rows = torch.arange(len(lengths), device=lengths.device)
        last = states[lengths - 1, rows]
        if self.output_size == self.hidden_size:
            return last
        backwards = states[0, :, self.hidden_size :]  # backwards ends at the first word
        return torch.cat([last[:, : self.hidden_size], backwards], 1)


def _read(readers: nn.Module, steps: Tensor, index: Tensor | None) -> Tensor:
    """Return the states of one layer, from one reader or from two side by side.

    Args:
        readers: the forward reader and, if there is one, the backward reader.
        steps: `[time, batch, size]`, or ids `[time, batch]`.
        index: what `reversal` returned; None with one reader.
    """
    forwards, *rest = readers.children()
    states: Tensor = forwards(steps)
    if index is None:
        return states
    backwards = reverse(rest[0](reverse(steps, index)), index)
    return torch.cat([states, backwards], 2)


class RecurrentEncoder(Encoder):
    """A stack of recurrent layers that reads embedded or one-hot words; its states are pooled.

    Args:
        cell: the kind of layer.
        vocab_size: number of token ids.
        hidden_size: width of the state in each direction.
        num_layers: number of recurrent layers.
        input: "embedding" or "one_hot".
        embedding_size: length of a word vector; unused with one-hot words.
        bidirectional: read in both directions.
        dropout: dropout rate between layers, with a new mask at each step.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review.
        pooling: the last state, or the mean or maximum of all states.
        mask_padding: false reads padding like words, as Keras does without masking.
    """

    def __init__(
        self,
        cell: Cell,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        input: Input = "embedding",  # noqa: A002 - the option's name
        embedding_size: int = 16,
        bidirectional: bool = False,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        pooling: StatePooling = "last",
        mask_padding: bool = True,
    ) -> None:
        super().__init__()
        one_hot = input == "one_hot"
        self.embedding = nn.Identity() if one_hot else nn.Embedding(vocab_size, embedding_size)
        self.recurrent = RecurrentStack(
            cell,
            vocab_size if one_hot else embedding_size,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            input_dropout=input_dropout,
            one_hot=one_hot,
        )
        self.pooling = pooling
        self.reads_padding = not mask_padding
        self.output_size = self.recurrent.output_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`."""
        if self.reads_padding:
            mask = torch.ones_like(mask)
        token_ids, lengths = align(token_ids, mask)
        states = self.recurrent(self.embedding(token_ids.t()), lengths)
        if self.pooling == "last":
            return self.recurrent.last(states, lengths)
        return pool(states.transpose(0, 1), lengths, self.pooling)
