"""A transformer encoder from scratch, with learned positions."""

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, mean_over_time, unalign


class Positions(nn.Module):
    """A learned vector for each position in a review, added to the vector of the word there."""

    def __init__(self, max_length: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, size))
        nn.init.normal_(self.weight)  # as torch draws embeddings

    def forward(self, steps: Tensor) -> Tensor:
        """Add positions to steps `[batch, time, size]`, with `time` at most `max_length`."""
        return steps + self.weight[: steps.shape[1]]


class TransformerEncoder(Encoder):
    """Word and position vectors through pre-norm transformer layers, then pooled.

    Pre-norm (Xiong et al. 2020) trains at a constant learning rate; post-norm needs a warm-up.
    Positions are counted from a review's first word, on whichever side the padding is. Words beyond
    `max_length` have no position and are not read.

    Args:
        vocab_size: number of token ids.
        max_length: number of positions.
        embedding_size: width of every layer.
        num_heads: number of attention heads, which must divide `embedding_size`.
        feedforward_size: hidden width of the feed-forward blocks.
        num_layers: number of layers.
        dropout: dropout rate on the input vectors and inside the layers.
        pooling: the mean over the words, or the vector of the last word.
    """

    has_positions = True

    def __init__(
        self,
        vocab_size: int,
        max_length: int,
        embedding_size: int,
        num_heads: int,
        feedforward_size: int,
        num_layers: int,
        dropout: float = 0.0,
        pooling: Literal["mean", "last"] = "mean",
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.positions = Positions(max_length, embedding_size)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            embedding_size, num_heads, feedforward_size, dropout, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(
            layer, num_layers, nn.LayerNorm(embedding_size), enable_nested_tensor=False
        )
        self.max_length = max_length
        self.pooling = pooling
        self.output_size = embedding_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, embedding_size]`."""
        steps, lengths = self._embed(token_ids, mask)
        padding = ~inside(lengths, steps.shape[1])
        return self._pool(self.layers(steps, src_key_padding_mask=padding), lengths)

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return each word's attention weight in the last layer, `[batch, time]`.

        The layout is that of `token_ids`. Weights are averaged over the heads, and over the
        attending words that are pooled: all of them, or the last alone. A row sums to 1, or to 0
        for an empty review; padding has weight 0. The residual connections around the attention
        are not counted.
        """
        steps, lengths = self._embed(token_ids, mask)
        padding = ~inside(lengths, steps.shape[1])
        layers: Any = self.layers.layers
        *others, last = layers
        for layer in others:
            steps = layer(steps, src_key_padding_mask=padding)
        steps = last.norm1(steps)
        _, weights = last.self_attn(steps, steps, steps, key_padding_mask=padding)
        weights = self._pool(weights, lengths)  # [batch, query, key] to [batch, key]
        return unalign(F.pad(weights, (0, mask.shape[1] - weights.shape[1])), mask)

    def _embed(self, token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return left-aligned vectors `[batch, time, size]` and lengths `[batch]`."""
        token_ids, lengths = align(token_ids, mask)
        longest = token_ids.shape[1], self.max_length
        time = torch.sym_min(*longest)  # type: ignore[no-untyped-call]  # variable in a trace
        token_ids, lengths = token_ids[:, :time], lengths.clamp(max=self.max_length)
        steps: Tensor = self.dropout(self.positions(self.embedding(token_ids)))
        return steps, lengths

    def _pool(self, steps: Tensor, lengths: Tensor) -> Tensor:
        if self.pooling == "mean":
            return mean_over_time(steps, lengths)
        return steps[torch.arange(lengths.shape[0], device=lengths.device), lengths - 1]
