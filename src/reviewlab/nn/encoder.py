"""The interface of every encoder: from the inputs of a batch to features of a known size."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn


class Encoder(nn.Module, ABC):
    """Base of the encoders, which turn the inputs of a batch into one vector per example.

    An encoder of reviews takes token ids, int64 `[batch, time]`, padded on either side, and a mask,
    bool `[batch, time]`, true for the words, which are contiguous; a row may be all false (an empty
    review), and `time` is at least 1. An encoder of images takes float32
    `[batch, 1, height, width]`.

    All state is in parameters and buffers, nothing but dropout is random, and no branch depends on
    a tensor's value.

    Attributes:
        output_size: width of the features, so that a head can be built from it.
        reads_padding: true when padding is read like words, so that the features depend on the
            length a batch is padded to; such an encoder needs all batches to have the same length.
        reads_a_set: true when features depend only on which ids occur, not on how often or where.
        has_positions: true when each position in a review has its own weights, so that removing a
            word moves all words after it to other weights.
    """

    output_size: int
    reads_padding: bool = False
    reads_a_set: bool = False
    has_positions: bool = False

    def lookups(self) -> Iterable[nn.Module]:
        """Return the modules in which to look for tables of word vectors."""
        return self.modules()

    @abstractmethod
    def forward(self, *inputs: Any, **named: Any) -> Tensor:
        """Return features `[batch, output_size]` for the inputs of a batch."""
