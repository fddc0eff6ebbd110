"""Feed-forward encoders: a review as a bag of words, a mean vector, or a row of numbers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, mean_over_time


class MultiHot(Encoder):
    """1 for each word of the vocabulary that occurs in the review, else 0. No parameters.

    Padding sets no column. Its id is taken to stand for nothing else: a word with the same id would
    count as absent from a padded row.
    """

    reads_a_set = True

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.output_size = vocab_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, vocab_size]`."""
        occurs = mask.new_zeros(len(token_ids), self.output_size)
        return occurs.scatter_(1, token_ids, mask).to(torch.get_default_dtype())


class MeanEmbedding(Encoder):
    """The mean of a review's word vectors; an empty review has the padding's vector.

    With `mask_padding=False` the mean is over padding too, which dilutes a short review.
    """

    def __init__(self, vocab_size: int, embedding_size: int, mask_padding: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.output_size = embedding_size
        self.reads_padding = not mask_padding

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, embedding_size]`."""
        if self.reads_padding:
            mask = torch.ones_like(mask)
        token_ids, lengths = align(token_ids, mask)
        return mean_over_time(self.embedding(token_ids), lengths)


class TokenIds(Encoder):
    """The ids themselves as numbers, padding too: a network on arbitrary numbers. No parameters."""

    reads_padding = True
    has_positions = True

    def __init__(self, max_length: int) -> None:
        super().__init__()
        self.output_size = max_length

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, max_length]`; the batch has to be filled to that length."""
        return token_ids.to(torch.get_default_dtype())


class FeedForwardEncoder(Encoder):
    """Linear layers with ReLU over the features of another encoder.

    hidden_sizes: width of each layer.
    dropouts: share that is dropped after each layer.
    """

    def __init__(
        self, features: Encoder, hidden_sizes: Sequence[int], dropouts: Sequence[float]
    ) -> None:
        super().__init__()
        self.features = features
        self.layers = nn.Sequential()
        size = features.output_size
        for hidden_size, dropout in zip(hidden_sizes, dropouts, strict=True):
            self.layers.extend([nn.Linear(size, hidden_size), nn.ReLU(), nn.Dropout(dropout)])
            size = hidden_size
        self.output_size = size
        self.reads_padding = features.reads_padding
        self.reads_a_set = features.reads_a_set
        self.has_positions = features.has_positions

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`."""
        features = self.features(token_ids, mask)
        outputs: Tensor = self.layers(features.to(next(self.layers.parameters()).dtype))
        return outputs
