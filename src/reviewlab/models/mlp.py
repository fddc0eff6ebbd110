"""A multi-layer perceptron over words, their mean vector, or their ids as numbers."""

from typing import Annotated, Literal, TypeVar

from annotated_types import MinLen

from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.mlp import FeedForwardEncoder, MeanEmbedding, MultiHot, TokenIds
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt

Features = Literal["multi_hot", "mean_embedding", "token_ids"]
Value = TypeVar("Value", int, float)


class MLPClassifier(ReviewClassifier):
    """Linear layers with ReLU in between.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        max_length: number of tokens that reviews are cut to; None for no limit.
        features: "multi_hot", the words that occur; "mean_embedding", the mean of their vectors;
            or "token_ids", the ids as numbers, padding included.
        embedding_size: length of a word vector, for `mean_embedding`.
        num_layers: number of hidden layers; None for as many as `hidden_size` lists.
        hidden_size: one width for all hidden layers, or one for each.
        dropout: dropout rate after each hidden layer: one for all layers, or one for each.
        init: initialisation scheme of the weights.

    Raises:
        InputError: the length of a list is not the number of layers, or `token_ids` is used with
            reviews of unlimited length.
    """

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        max_length: PositiveInt | None,
        features: Features = "multi_hot",
        embedding_size: PositiveInt = 32,
        num_layers: PositiveInt | None = 2,
        hidden_size: PositiveInt | Annotated[list[PositiveInt], MinLen(1)] = 32,
        dropout: Fraction | list[Fraction] = 0.0,
        init: Scheme = "keras",
    ) -> None:
        listed = len(hidden_size) if isinstance(hidden_size, list) else 1
        depth = listed if num_layers is None else num_layers
        encoder = FeedForwardEncoder(
            _features(features, vocab_size, max_length, embedding_size),
            _for_each_layer("model.hidden_size", hidden_size, depth),
            _for_each_layer("model.dropout", dropout, depth),
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective"])


def _features(
    features: Features, vocab_size: int, max_length: int | None, embedding_size: int
) -> Encoder:
    if features == "multi_hot":
        return MultiHot(vocab_size)
    if features == "mean_embedding":
        return MeanEmbedding(vocab_size, embedding_size)
    if max_length is None:
        raise InputError(
            "data.text.max_length: null is not allowed with model.features=token_ids; allowed: a "
            "whole number"
        )
    return TokenIds(max_length)


def _for_each_layer(key: str, value: Value | list[Value], depth: int) -> list[Value]:
    if not isinstance(value, list):
        return [value] * depth
    if len(value) != depth:
        raise InputError(
            f"{key}: {value} has {len(value)} values, but there are {depth} layers; "
            "allowed: one number, or one for each layer"
        )
    return value
