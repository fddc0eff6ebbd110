"""An LSTM over a single step, the mean of the word vectors."""

from typing import Literal

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.bag import BagRecurrentEncoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt


class BagLSTMClassifier(ReviewClassifier):
    """LSTM layers over the mean embedding of the whole review, without word order.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        hidden_size: width of the LSTM's state in each direction.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        linear_layers: 1 for the head alone; 2 for another linear layer of `hidden_size` before it,
            with no activation in between.
        dropout: dropout rate between layers and after the last.
        mask_padding: leave padding out of the mean.
        init: initialisation scheme of the weights.
    """

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        embedding_size: PositiveInt = 64,
        hidden_size: PositiveInt = 128,
        num_layers: PositiveInt = 2,
        bidirectional: bool = False,
        linear_layers: Literal[1, 2] = 1,
        dropout: Fraction = 0.0,
        mask_padding: bool = True,
        init: Scheme = "keras",
    ) -> None:
        encoder = BagRecurrentEncoder(
            vocab_size,
            embedding_size,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            extra_linear=linear_layers == 2,
            mask_padding=mask_padding,
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective"])
