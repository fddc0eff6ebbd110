"""Feed-forward encoders: a review as a bag of words, a mean vector, or a row of numbers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, mean_over_time


class MultiHot(Encoder):
    """One column per word of the vocabulary: 1 if the review has the word, else 0. No parameters.

    Padding sets no column. The padding id must not belong to a word as well: in a padded row that
    word would count as absent.
    """

    reads_a_set = True

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.output_size = vocab_size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, vocab_size]`."""
        occurs = mask.new_zeros(token_ids.shape[0], self.output_size)
        return occurs.scatter_(1, token_ids, mask).to(torch.get_default_dtype())


class MeanEmbedding(Encoder):
    """The mean of a review's word vectors; an empty review gets the vector of padding.

    Args:
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        mask_padding: leave padding out of the mean; included, it dilutes short reviews.
    """

    def __init__(self, vocab_size: int, embedding_size: int, mask_padding: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.output_size = embedding_size
        self.reads_padding = not mask_padding

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, embedding_size]`."""
        if self.reads_padding:
            mask = torch.ones_like(mask)
        token_ids, lengths = align(token_ids, mask)
        return mean_over_time(self.embedding(token_ids), lengths)


class TokenIds(Encoder):
    """The token ids as numbers, padding included, although ids are arbitrary. No parameters."""

    reads_padding = True
    has_positions = True

    def __init__(self, max_length: int) -> None:
        super().__init__()
        self.output_size = max_length

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, max_length]`; the batch must be padded to that length."""
        return token_ids.to(torch.get_default_dtype())


class FeedForwardEncoder(Encoder):
    """Linear layers with ReLU over the features of another encoder.

    Args:
        features: the encoder whose features are the input.
        hidden_sizes: width of each layer.
        dropouts: dropout rate after each layer.
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
        """Return features `[batch, output_size]`."""
        features = self.features(token_ids, mask)
        outputs: Tensor = self.layers(features.to(next(self.layers.parameters()).dtype))
        return outputs
