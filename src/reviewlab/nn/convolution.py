"""Convolutions over words, alone or read by an LSTM."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn.bag import freeze_recurrent_kernels, over_one_step
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, max_over_time
from reviewlab.nn.recurrent import RecurrentStack


class Convolutions(nn.Module):
    """Filters of several widths side by side, over aligned word vectors.

    A window begins at every word, and what it lacks behind the review's end is zero: a width may be
    longer than the review, and every width gives as many steps as there are words. ReLU is left to
    the caller: after a maximum it gives the same and has less to do.
    """

    def __init__(self, embedding_size: int, widths: Sequence[int], num_filters: int) -> None:
        super().__init__()
        self.filters = nn.ModuleList(nn.Conv1d(embedding_size, num_filters, w) for w in widths)
        self.widths = list(widths)
        self.output_size = num_filters * len(self.widths)

    def forward(self, steps: Tensor, lengths: Tensor) -> Tensor:
        """`[batch, time, embedding_size]` to `[batch, time, output_size]`."""
        time = steps.shape[1]
        words = (steps * inside(lengths, time)[:, :, None]).transpose(1, 2)
        words = F.pad(words, (0, max(self.widths) - 1))
        answers = [
            convolve(words[:, :, : time + width - 1])
            for width, convolve in zip(self.widths, self.filters, strict=True)
        ]
        return torch.cat(answers, 1).transpose(1, 2)


class ConvolutionEncoder(Encoder):
    """The strongest answer of each filter anywhere in the review (Kim 2014)."""

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        widths: Sequence[int],
        num_filters: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.convolutions = Convolutions(embedding_size, widths, num_filters)
        self.dropout = nn.Dropout(dropout)
        self.output_size = self.convolutions.output_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        answers = self.convolutions(self.embedding(token_ids), lengths)
        features: Tensor = self.dropout(max_over_time(answers, lengths).relu())
        return features


class ConvolutionRecurrentEncoder(Encoder):
    """The same filters, read by an LSTM whose last state is the review's vector.

    dropout: before the LSTM and between its layers.
    pooled: the LSTM reads each filter's strongest answer as a single step, and not what the filters
        found at one word after the other.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        widths: Sequence[int],
        num_filters: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        pooled: bool = False,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.convolutions = Convolutions(embedding_size, widths, num_filters)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = RecurrentStack(
            "lstm",
            self.convolutions.output_size,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
        )
        self.pooled = pooled
        if pooled:
            freeze_recurrent_kernels(self.recurrent)
        self.output_size = self.recurrent.output_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        answers = self.convolutions(self.embedding(token_ids), lengths)
        if self.pooled:
            maxima = max_over_time(answers, lengths).relu()
            return over_one_step(self.recurrent, self.dropout(maxima))
        states = self.recurrent(self.dropout(answers.relu()).transpose(0, 1), lengths)
        return self.recurrent.last(states, lengths)
