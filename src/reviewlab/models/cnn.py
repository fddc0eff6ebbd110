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
    """The maximum over time of convolutions of several widths.

    Args:
        objective: the loss, which says how many outputs there are.
        vocab_size: the number of token ids.
        embedding_size: the length of a word's vector.
        widths: words that a filter sees at once, one group of filters for each.
        num_filters: filters of each width.
        dropout: on the maxima.
        init: how weights begin.
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
