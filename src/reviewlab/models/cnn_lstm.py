"""Convolutions over words, read by an LSTM."""

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.cnn import Widths
from reviewlab.nn.convolution import ConvolutionRecurrentEncoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.kernels import Kernel
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt


class CNNLSTMClassifier(ReviewClassifier):
    """The responses of convolution filters at each word, read in order by an LSTM.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        widths: number of words in a window, for each group of filters.
        num_filters: number of filters of each width.
        hidden_size: width of the LSTM's state in each direction.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        pooled: take the maxima over time first, so that the LSTM reads a single step.
        dropout: dropout rate before the LSTM and between its layers.
        init: initialisation scheme of the weights.
        kernel: implementation of the recurrent layers on a CPU: "torch", "compiled", or "auto" for
            the faster one; the results are equal up to rounding.
    """

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        embedding_size: PositiveInt = 32,
        widths: Widths = [3, 4, 5],  # noqa: B006 - read only
        num_filters: PositiveInt = 32,
        hidden_size: PositiveInt = 32,
        num_layers: PositiveInt = 1,
        bidirectional: bool = False,
        pooled: bool = False,
        dropout: Fraction = 0.0,
        init: Scheme = "keras",
        kernel: Kernel = "auto",
    ) -> None:
        encoder = ConvolutionRecurrentEncoder(
            vocab_size,
            embedding_size,
            widths,
            num_filters,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            pooled=pooled,
            kernel=kernel,
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective", "kernel"])
