"""A transformer from scratch."""

from typing import Literal

from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.init import Scheme
from reviewlab.nn.objectives import Objective
from reviewlab.nn.transformer import TransformerEncoder
from reviewlab.ranges import Fraction, PositiveInt


class TransformerClassifier(ReviewClassifier):
    """Transformer layers over word and position vectors.

    embedding_size: width of every layer; the heads share it, so they must divide it.
    feedforward_size: width inside the layers.
    dropout: on the vectors and inside the layers; on a CPU it triples the time of a step.
    pooling: the mean over the words, or what stands at the last.

    Raises:
        InputError: the heads do not divide the width, or reviews have no greatest length, so that
            nobody knows how many positions there are to learn.
    """

    encoder: TransformerEncoder

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        max_length: PositiveInt | None,
        embedding_size: PositiveInt = 32,
        num_heads: PositiveInt = 2,
        feedforward_size: PositiveInt = 64,
        num_layers: PositiveInt = 1,
        dropout: Fraction = 0.0,
        pooling: Literal["mean", "last"] = "mean",
        init: Scheme = "keras",
    ) -> None:
        if max_length is None:
            raise InputError("data.text.max_length: null; model=transformer needs a whole number")
        if embedding_size % num_heads:
            raise InputError(
                f"model.num_heads: {num_heads} does not divide model.embedding_size, "
                f"{embedding_size}"
            )
        encoder = TransformerEncoder(
            vocab_size,
            max_length,
            embedding_size,
            num_heads,
            feedforward_size,
            num_layers,
            dropout,
            pooling,
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective"])

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Weigh each word in the last layer, `[batch, time]`: 0 on padding, in all 1."""
        return self.encoder.attention_weights(token_ids, mask)
