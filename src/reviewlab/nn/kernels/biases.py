"""The biases of a recurrent layer, which torch keeps twice, and their gradients."""

import torch
from torch import Tensor

from reviewlab.nn.kernels.cells import Cell


def joined_bias(
    cell: Cell, weight_hh: Tensor, bias_ih: Tensor | None, bias_hh: Tensor | None
) -> Tensor:
    """Return the sum of the two biases; a GRU's two biases of its new state stay separate.

    Args:
        cell: the kind of layer.
        weight_hh: `[gates x hidden, hidden]`.
        bias_ih: `[gates x hidden]`, or None.
        bias_hh: `[gates x hidden]`, or None.
    """
    hidden = weight_hh.shape[1]
    if bias_ih is None or bias_hh is None:
        return weight_hh.new_zeros(cell.deltas * hidden)
    if cell.name != "gru":
        return bias_ih + bias_hh
    gates = 2 * hidden
    return torch.cat([bias_ih[:gates] + bias_hh[:gates], bias_ih[gates:], bias_hh[gates:]])


def gradients_of_biases(cell: Cell, deltas: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of the two biases, each with memory of its own.

    They are equal, except that a GRU scales the second one's contribution to its new state.

    Args:
        cell: the kind of layer.
        deltas: gradients of the gates, `[deltas x hidden, columns]`.
    """
    sums = deltas.sum(1)
    if cell.name != "gru":
        return sums, sums.clone()
    hidden = len(sums) // 4
    return sums[: 3 * hidden].clone(), torch.cat([sums[: 2 * hidden], sums[3 * hidden :]])
