"""Initial weights: as torch leaves them, or as Keras draws them."""

from typing import Literal

import torch
from torch import nn

from reviewlab.nn.readers import InputKernel
from reviewlab.nn.transformer import Positions

Scheme = Literal["torch", "keras"]

EMBEDDING_BOUND = 0.05
"""Keras draws embeddings uniformly from plus or minus this bound."""


def initialise(module: nn.Module, scheme: Scheme) -> None:
    """Initialise the weights of `module`: "torch" keeps what torch drew, "keras" draws them again.

    "keras" draws from the distributions of Keras' layers: Glorot uniform kernels (one draw for all
    gates of a recurrent layer, so that its fan-out counts all gates), orthogonal recurrent kernels,
    forget bias 1, other biases 0, embeddings uniform. Keras' default GRU (`reset_after`) is the one
    in torch.

    Classifiers default to "keras": torch's word vectors, N(0, 1), have such large norms that
    training is slow to change them. On IMDB (5,000 words, 200 tokens, Adam 1e-3) one epoch gives a
    CNN a validation accuracy of .83 instead of .74, a transformer .87 instead of .76, and a mean of
    word vectors .86 instead of .77; only with multi-hot words do both schemes do equally well.
    """
    if scheme == "keras":
        for part in module.modules():
            _draw_like_keras(part)


@torch.no_grad()
def _draw_like_keras(part: nn.Module) -> None:
    if isinstance(part, nn.Embedding | Positions):
        nn.init.uniform_(part.weight, -EMBEDDING_BOUND, EMBEDDING_BOUND)
    elif isinstance(part, nn.Linear | nn.Conv1d | nn.Conv2d):
        nn.init.xavier_uniform_(part.weight)
        if part.bias is not None:
            nn.init.zeros_(part.bias)
    elif isinstance(part, InputKernel):
        nn.init.xavier_uniform_(part.weight)
    elif isinstance(part, nn.RNNBase):
        _draw_recurrent(part)
    elif isinstance(part, nn.MultiheadAttention):
        for kernel in part.in_proj_weight.chunk(3):  # query, key and value are separate layers
            nn.init.xavier_uniform_(kernel)


def _draw_recurrent(rnn: nn.RNNBase) -> None:
    """Draw a recurrent layer's weights; of its two biases, only one gets the forget bias."""
    for name, weight in rnn.named_parameters(recurse=False):
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(weight)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(weight)
        else:
            nn.init.zeros_(weight)
            if isinstance(rnn, nn.LSTM) and name.startswith("bias_ih"):
                weight[rnn.hidden_size : 2 * rnn.hidden_size] = 1  # torch's order: i, f, g, o
