"""An encoder of a new kind."""

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder


class AddedEncoder(Encoder):
    """The mean of a review's vectors, followed by one layer."""

    def __init__(self, vocab_size: int, size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, size)
        self.layer = nn.Linear(size, size)
        self.output_size = size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, size]`."""
        vectors = self.embedding(token_ids) * mask[..., None]
        mean = vectors.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        return torch.tanh(self.layer(mean))
