"""Parallel convolutions over words."""

from typing import Annotated

from annotated_types import MinLen

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.convolution import ConvolutionEncoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt

Widths = Annotated[list[PositiveInt], MinLen(1)]


class CNNClassifier(ReviewClassifier):
    """Convolutions of several widths, each reduced to its maximum over time.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        widths: number of words in a window, for each group of filters.
        num_filters: number of filters of each width.
        dropout: dropout rate on the maxima.
        init: initialisation scheme of the weights.
    """

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        embedding_size: PositiveInt = 32,
        widths: Widths = [3, 4, 5],  # noqa: B006 - read only
        num_filters: PositiveInt = 32,
        dropout: Fraction = 0.0,
        init: Scheme = "keras",
    ) -> None:
        encoder = ConvolutionEncoder(vocab_size, embedding_size, widths, num_filters, dropout)
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective"])
