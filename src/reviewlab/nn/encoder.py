"""The interface of every encoder: features of a known size, whatever the padding."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from torch import Tensor, nn


class Encoder(nn.Module, ABC):
    """Turns token ids into one vector a review.

    All state lies in parameters and buffers, nothing is drawn at random outside dropout, and no
    branch depends on a tensor's value.

    Attributes:
        output_size: width of the features, so that a head can be built from it.
        reads_padding: true when padding is read like words, so that the features depend on how far
            a batch is filled; such an encoder needs every batch filled to the same length.
        reads_a_set: true when features depend only on which ids occur, not on how often or where.
        has_positions: true when each place in a review has weights of its own, so that a word that
            is left out hands all words behind it to the weights of other places.
    """

    output_size: int
    reads_padding: bool = False
    reads_a_set: bool = False
    has_positions: bool = False

    def lookups(self) -> Iterable[nn.Module]:
        """Return the modules in which tables of word vectors are looked for."""
        return self.modules()

    @abstractmethod
    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`.

        Args:
            token_ids: int64 `[batch, time]`, filled on either side.
            mask: bool `[batch, time]`, true for the words, which stand together; a row may be all
                false (an empty review), and `time` is at least 1.
        """
