"""An LSTM with additive attention."""

from torch import Tensor

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.attention import AttentionEncoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.kernels import Kernel
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt


class LSTMAttentionClassifier(ReviewClassifier):
    """The states of an LSTM, weighted by attention with the last state as the query.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        hidden_size: width of the LSTM's state in each direction.
        attention_size: width of the network that scores a state against the query.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        dropout: dropout rate between layers and on the weighted sum.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review,
            as in Keras.
        init: initialisation scheme of the weights.
        kernel: implementation of the recurrent layers on a CPU: "torch", "compiled", or "auto" for
            the faster one; the results are equal up to rounding.
    """

    encoder: AttentionEncoder

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        embedding_size: PositiveInt = 16,
        hidden_size: PositiveInt = 16,
        attention_size: PositiveInt = 16,
        num_layers: PositiveInt = 1,
        bidirectional: bool = False,
        dropout: Fraction = 0.0,
        input_dropout: Fraction = 0.0,
        init: Scheme = "keras",
        kernel: Kernel = "auto",
    ) -> None:
        encoder = AttentionEncoder(
            vocab_size,
            embedding_size,
            hidden_size,
            attention_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            input_dropout=input_dropout,
            kernel=kernel,
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective", "kernel"])

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return attention weights `[batch, time]`: 0 on padding, a row sums to 1 (0 if empty)."""
        return self.encoder.attention_weights(token_ids, mask)
