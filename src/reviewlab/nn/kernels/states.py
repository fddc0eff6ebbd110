"""Memory for the states of a recurrent layer: the initial ones, and those of all steps."""

import torch
from torch import Tensor

from reviewlab.nn.kernels.cells import Cell
from reviewlab.nn.kernels.columns import Columns


def initial_state(
    cell: Cell, columns: Columns, initial: Tensor | None, hidden: int, like: Tensor
) -> Tensor:
    """Return working memory that contains the initial state, in the order of the columns.

    Args:
        cell: the kind of layer.
        columns: the batch's columns.
        initial: `[states, batch, hidden]`; None for 0.
        hidden: width of the state.
        like: a tensor that has the type to use.
    """
    work = like.new_zeros(cell.states, hidden, columns.sequence.columns)
    if initial is not None:
        ordered = initial.index_select(1, columns.order)
        work[:, :, : columns.batch] = ordered.transpose(1, 2)
    return work


def gradient_of_initial(cell: Cell, columns: Columns, work: Tensor, hidden: int) -> Tensor:
    """Return the gradient of the initial state, `[states, batch, hidden]`.

    Args:
        cell: the kind of layer.
        columns: the batch's columns.
        work: the working memory after the backward pass.
        hidden: width of the state.
    """
    size = cell.states * hidden * columns.sequence.columns
    ordered = work[:size].view(cell.states, hidden, -1)[:, :, : columns.batch].transpose(1, 2)
    return torch.empty_like(ordered).index_copy_(1, columns.order, ordered)


def memory_of_states(columns: Columns, ends: bool, size: int, like: Tensor) -> Tensor:
    """Allocate a batch's states; those on padding are 0, since nothing is written to them.

    Args:
        columns: the batch's columns.
        ends: True for the states at the ends of reviews only, `[batch, size]`.
        size: width of a state.
        like: a tensor that has the type to use.

    Returns:
        `[time, batch, size]`, or `[batch, size]` with `ends`.
    """
    if ends:
        return like.new_empty(columns.batch, size)
    shape = (columns.time, columns.batch, size)
    return like.new_empty(shape) if columns.full else like.new_zeros(shape)
