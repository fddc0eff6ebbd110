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

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        max_length: number of tokens that reviews are cut to; the model learns as many positions.
        embedding_size: width of every layer, a multiple of `num_heads`.
        num_heads: number of attention heads.
        feedforward_size: hidden width of the feed-forward blocks.
        num_layers: number of transformer layers.
        dropout: dropout rate on the input vectors and inside the layers; on a CPU dropout triples
            the time of a step.
        pooling: the mean over the words, or the vector of the last word.
        init: initialisation scheme of the weights.

    Raises:
        InputError: `num_heads` does not divide `embedding_size`, or `max_length` is None.
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
            raise InputError(
                "data.text.max_length: null is not allowed with model=transformer; allowed: a "
                "whole number"
            )
        if embedding_size % num_heads:
            raise InputError(
                f"model.num_heads: {num_heads} does not divide "
                f"model.embedding_size={embedding_size}; allowed: a divisor of {embedding_size}"
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
        """Return attention weights of the last layer, `[batch, time]`: 0 on padding."""
        return self.encoder.attention_weights(token_ids, mask)
