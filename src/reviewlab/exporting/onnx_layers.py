"""Translate a layer for which torch's exporter would write out every step of a sequence."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from onnxscript import opset18 as op
from onnxscript.onnx_types import TensorType


def translate_rnn(
    steps: TensorType,
    initial: TensorType,
    weights: Sequence[TensorType],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Any, Any]:
    """Translate a plain recurrent layer to the operator RNN of ONNX.

    The layer has to be one of those that `RecurrentStack` builds: a single layer with biases, in
    one direction, with time first.

    Args:
        steps: `[time, batch, size]`.
        initial: the initial state, `[1, batch, hidden]`.
        weights: input weights, weights of the state, and both biases.
        has_biases: true if there are biases.
        num_layers: number of layers.
        dropout: dropout rate between layers.
        train: true in training.
        bidirectional: true if the layer reads in both directions.
        batch_first: true if the batch is the first axis.

    Returns:
        The states `[time, batch, hidden]`, and the last ones.
    """
    if not has_biases or num_layers != 1 or train or bidirectional or batch_first:
        raise NotImplementedError("a recurrent layer of another form")
    first = op.Constant(value_ints=[0])
    weight_ih, weight_hh, *biases = weights
    states, last = op.RNN(
        steps,
        op.Unsqueeze(weight_ih, first),
        op.Unsqueeze(weight_hh, first),
        op.Unsqueeze(op.Concat(*biases, axis=0), first),
        None,
        initial,
        hidden_size=initial.shape[-1],
    )
    return op.Squeeze(states, op.Constant(value_ints=[1])), last


TRANSLATIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    torch.ops.aten.rnn_tanh.input: translate_rnn
}
"""Our translations by torch's operator; onnxscript has those of LSTM and GRU."""
