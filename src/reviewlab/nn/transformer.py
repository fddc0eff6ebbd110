"""A transformer encoder from scratch, with learned positions."""

from typing import Literal

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, mean_over_time


class Positions(nn.Module):
    """A learned vector for each place in a review, added to the word that stands there."""

    def __init__(self, max_length: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, size))
        nn.init.normal_(self.weight)  # as torch draws embeddings

    def forward(self, steps: Tensor) -> Tensor:
        """`[batch, time, size]`, time at most `max_length`, to the same."""
        return steps + self.weight[: steps.shape[1]]


class TransformerEncoder(Encoder):
    """Word and position vectors through pre-norm transformer layers, then pooled.

    Pre-norm (Xiong et al. 2020) trains at a constant rate where post-norm needs a warm-up.
    Positions are counted from a review's first word, wherever the padding stands. Words beyond
    `max_length` have no position and are not read.
    """

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
        """Features `[batch, embedding_size]`."""
        token_ids, lengths = align(token_ids, mask)
        token_ids, lengths = token_ids[:, : self.max_length], lengths.clamp(max=self.max_length)
        steps: Tensor = self.dropout(self.positions(self.embedding(token_ids)))
        padding = ~inside(lengths, steps.shape[1])
        steps = self.layers(steps, src_key_padding_mask=padding)
        if self.pooling == "mean":
            return mean_over_time(steps, lengths)
        return steps[torch.arange(len(lengths), device=lengths.device), lengths - 1]
