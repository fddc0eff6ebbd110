"""Recurrent classifiers with the same arguments: plain, LSTM and GRU."""

from typing import ClassVar, Literal

from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.init import Scheme
from reviewlab.nn.kernels import Kernel
from reviewlab.nn.objectives import Objective
from reviewlab.nn.recurrent import Cell, RecurrentEncoder
from reviewlab.ranges import Fraction, PositiveInt


class RecurrentClassifier(ReviewClassifier):
    """Base of `rnn`, `lstm` and `gru`.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        input: "one_hot" feeds one-hot words to the first layer, "embedding" word vectors.
        embedding_size: length of a word vector; unused with one-hot words.
        hidden_size: width of the state in each direction.
        num_layers: number of recurrent layers.
        bidirectional: read in both directions.
        dropout: dropout rate between layers, with a new mask at each step, as in torch.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review,
            as in Keras.
        pooling: the last state, or the mean or maximum of all states.
        mask_padding: True to ignore padding; False to read it like words, as Keras does without
            masking.
        init: initialisation scheme of the weights.
        kernel: implementation of the recurrent layers on a CPU: "torch", "compiled", or "auto" for
            the faster one; the results are equal up to rounding.

    Raises:
        InputError: `dropout`, which acts between layers, is set although there is one layer, or the
            kernel is not installed.
    """

    cell: ClassVar[Cell]

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        input: Literal["embedding", "one_hot"] = "embedding",  # noqa: A002 - the option's name
        embedding_size: PositiveInt = 16,
        hidden_size: PositiveInt = 8,
        num_layers: PositiveInt = 1,
        bidirectional: bool = False,
        dropout: Fraction = 0.0,
        input_dropout: Fraction = 0.0,
        pooling: Literal["last", "mean", "max"] = "last",
        mask_padding: bool = True,
        init: Scheme = "keras",
        kernel: Kernel = "auto",
    ) -> None:
        if dropout > 0 and num_layers == 1:
            raise InputError(
                f"model.dropout: {dropout} acts between layers, but model.num_layers is 1; "
                "allowed: 0, or more layers (model.input_dropout acts on the words)"
            )
        encoder = RecurrentEncoder(
            self.cell,
            vocab_size,
            hidden_size,
            num_layers,
            input=input,
            embedding_size=embedding_size,
            bidirectional=bidirectional,
            dropout=dropout,
            input_dropout=input_dropout,
            pooling=pooling,
            mask_padding=mask_padding,
            kernel=kernel,
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective", "kernel"])


class RNNClassifier(RecurrentClassifier):
    """A plain recurrent network with tanh units."""

    cell = "rnn"


class LSTMClassifier(RecurrentClassifier):
    """A long short-term memory network."""

    cell = "lstm"


class GRUClassifier(RecurrentClassifier):
    """A network of torch's gated recurrent units, which are those of Keras with `reset_after`."""

    cell = "gru"
