"""Convolutions over words, alone or read by an LSTM."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn import kernels
from reviewlab.nn.bag import freeze_recurrent_kernels, over_one_step
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, max_over_time
from reviewlab.nn.recurrent import RecurrentStack


class Convolutions(nn.Module):
    """Filters of several widths side by side, over the word vectors of left-aligned reviews.

    A window begins at every word and is filled with zeros beyond the review's end, so a filter may
    be wider than the review, and every width gives one step per word. ReLU is left to the caller:
    applied after the maximum it gives the same result for less work.

    Args:
        embedding_size: length of a word vector.
        widths: number of words in a window, for each group of filters.
        num_filters: number of filters of each width.
    """

    def __init__(self, embedding_size: int, widths: Sequence[int], num_filters: int) -> None:
        super().__init__()
        self.filters = nn.ModuleList(nn.Conv1d(embedding_size, num_filters, w) for w in widths)
        self.widths = list(widths)
        self.output_size = num_filters * len(self.widths)

    def forward(self, steps: Tensor, lengths: Tensor) -> Tensor:
        """Apply the filters: `[batch, time, embedding_size]` to `[batch, time, output_size]`."""
        time = steps.shape[1]
        words = (steps * inside(lengths, time)[:, :, None]).transpose(1, 2)
        words = F.pad(words, (0, max(self.widths) - 1))
        responses = [
            convolve(words[:, :, : time + width - 1])
            for width, convolve in zip(self.widths, self.filters, strict=True)
        ]
        return torch.cat(responses, 1).transpose(1, 2)


class ConvolutionEncoder(Encoder):
    """The largest response of each filter anywhere in the review (Kim 2014).

    Args:
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        widths: number of words in a window, for each group of filters.
        num_filters: number of filters of each width.
        dropout: dropout rate on the largest responses.
    """

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
        """Return features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        responses = self.convolutions(self.embedding(token_ids), lengths)
        features: Tensor = self.dropout(max_over_time(responses, lengths).relu())
        return features


class ConvolutionRecurrentEncoder(Encoder):
    """Convolutions over words, read by an LSTM whose last state is the review's vector.

    Args:
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        widths: number of words in a window, for each group of filters.
        num_filters: number of filters of each width.
        hidden_size: width of the LSTM's state in each direction.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        dropout: dropout rate before the LSTM and between its layers.
        pooled: feed the LSTM a single step, each filter's largest response, instead of the
            responses word by word.
        kernel: implementation of the LSTM: "torch", "compiled", or "auto" for the faster one.
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
        kernel: kernels.Kernel = "auto",
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
            kernel="torch" if pooled and kernel == "auto" else kernel,
        )
        self.pooled = pooled
        if pooled:
            freeze_recurrent_kernels(self.recurrent)
        self.output_size = self.recurrent.output_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        responses = self.convolutions(self.embedding(token_ids), lengths)
        if self.pooled:
            maxima = max_over_time(responses, lengths).relu()
            return over_one_step(self.recurrent, self.dropout(maxima))
        steps = self.dropout(responses.relu()).transpose(0, 1)
        states: Tensor = self.recurrent(steps, lengths, ends=True)
        return states
