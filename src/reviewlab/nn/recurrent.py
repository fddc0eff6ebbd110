"""Recurrent encoders that read padded batches whole, forwards and backwards.

Internally time comes first (`[time, batch, size]`), the order in which torch's kernels work, which
saves two copies per step.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from reviewlab.nn import kernels
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, pool, reversal
from reviewlab.nn.readers import (
    CELLS,
    Cell,
    InputKernel,
    OneHotReader,
    Reader,
    read_layer,
    read_layer_compiled,
)

__all__ = [
    "CELLS",
    "Cell",
    "InputKernel",
    "OneHotReader",
    "Reader",
    "RecurrentEncoder",
    "RecurrentStack",
]

Input = Literal["embedding", "one_hot"]
StatePooling = Literal["last", "mean", "max"]


class RecurrentStack(nn.Module):
    """Recurrent layers, each of them in one direction or in both.

    For the backward direction each review is reversed within its own length, so that padding is
    never read before the words: the result is the same as with packed sequences.

    Args:
        cell: the kind of layer.
        input_size: width of a step; with `one_hot`, the number of token ids.
        hidden_size: width of the state in each direction.
        num_layers: number of layers.
        bidirectional: True to read in both directions and concatenate the states.
        dropout: dropout rate between layers, with a new mask at each step.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review.
        one_hot: the first layer reads one-hot vectors, given as ids.
        kernel: implementation of the layers: "torch", "compiled", or "auto" for the faster one.
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
        kernel: kernels.Kernel = "auto",
    ) -> None:
        super().__init__()
        self.kernel = kernels.Choice.make(kernel, cell, hidden_size)
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

    def forward(
        self, steps: Tensor, lengths: Tensor, table: Tensor | None = None, ends: bool = False
    ) -> Tensor:
        """Return states `[time, batch, output_size]` of left-aligned reviews.

        The states after the end of a review are arbitrary (0 with the compiled kernel).

        Args:
            steps: `[time, batch, input_size]`; with `one_hot` or a table, int64 ids
                `[time, batch]`.
            lengths: `[batch]`.
            table: word vectors to look up the ids in; allowed only if the compiled kernel runs.
            ends: True to return the states that `last` returns, `[batch, output_size]`.
        """
        looks_up_all = len(self.layers) == 1 and not steps.is_floating_point()
        gradients = self.training or torch.is_grad_enabled()
        if looks_up_all or gradients or not self.kernel.runs(self._weight):
            return self._states(steps, lengths, table, ends)
        reviews = kernels.reviews_at_once(len(steps), self.hidden_size)
        parts = zip(torch.split(steps, reviews, 1), torch.split(lengths, reviews), strict=True)
        states = [self._states(*part, table, ends) for part in parts]
        return states[0] if len(states) == 1 else torch.cat(states, 0 if ends else 1)

    def _states(self, steps: Tensor, lengths: Tensor, table: Tensor | None, ends: bool) -> Tensor:
        """Return what `forward` returns, reading all reviews at once.

        Args:
            steps: as in `forward`.
            lengths: `[batch]`.
            table: as in `forward`.
            ends: as in `forward`.
        """
        both = self.output_size > self.hidden_size
        readings = self.kernel.readings(self._weight, lengths, steps.shape[0], both)
        index = reversal(lengths, steps.shape[0]) if both and readings is None else None
        for number, readers in enumerate(self.layers):
            if number > 0:
                steps = self.dropout(steps)
            if readings is None:
                steps = read_layer(readers, steps, index)
            else:
                last = ends and number == len(self.layers) - 1
                readings = tuple(reading._replace(ends=last) for reading in readings)
                steps = read_layer_compiled(readers, steps, readings, table)
                table = None
        return self.last(steps, lengths) if ends and readings is None else steps

    def read_words(
        self, embedding: nn.Module, token_ids: Tensor, lengths: Tensor, ends: bool = False
    ) -> Tensor:
        """Return the states of left-aligned reviews, given as ids.

        The compiled kernel looks words up itself, without a matrix of their vectors.

        Args:
            embedding: the module that maps ids to vectors. The compiled kernel can replace it if it
                is a plain embedding; otherwise it is called.
            token_ids: int64 `[time, batch]`.
            lengths: `[batch]`.
            ends: True to return the states that `last` returns, `[batch, output_size]`.
        """
        first = self.layers[0][0]  # type: ignore[index]
        if (
            kernels.is_plain(embedding)
            and isinstance(first, Reader)
            and not first.drops_inputs
            and self.kernel.runs(self._weight)
        ):
            states: Tensor = self(token_ids, lengths, embedding.weight, ends)
        else:
            states = self(embedding(token_ids), lengths, ends=ends)
        return states

    def align(self, token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Move each review `[batch, time]` to the left; return ids `[time, batch]` and lengths."""
        if token_ids.device.type == "cpu" and self.kernel.runs(self._weight):
            return kernels.align(token_ids, mask)
        token_ids, lengths = align(token_ids, mask)
        return token_ids.t(), lengths

    @property
    def _weight(self) -> Tensor:
        weight: Tensor = self.layers[0][0].rnn.weight_hh_l0  # type: ignore[index]
        return weight

    def last(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Return the state of each direction after its last word, `[batch, output_size]`.

        If no other states are needed, `forward` returns them in less time.
        """
        rows = torch.arange(lengths.shape[0], device=lengths.device)
        last = states[lengths - 1, rows]
        if self.output_size == self.hidden_size:
            return last
        backwards = states[0, :, self.hidden_size :]  # backwards ends at the first word
        return torch.cat([last[:, : self.hidden_size], backwards], 1)


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
        kernel: implementation of the layers: "torch", "compiled", or "auto" for the faster one.
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
        kernel: kernels.Kernel = "auto",
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
            kernel=kernel,
        )
        self.pooling = pooling
        self.reads_padding = not mask_padding
        self.output_size = self.recurrent.output_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`."""
        if self.reads_padding:
            mask = torch.ones_like(mask)
        token_ids, lengths = self.recurrent.align(token_ids, mask)
        if self.pooling == "last":
            return self.recurrent.read_words(self.embedding, token_ids, lengths, ends=True)
        states = self.recurrent.read_words(self.embedding, token_ids, lengths)
        return pool(states.transpose(0, 1), lengths, self.pooling)
