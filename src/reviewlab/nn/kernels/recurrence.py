"""A recurrent layer in one direction, as an autograd function.

The library computes the recurrence. Torch computes the product with the input and the gradients of
the weights, each as a single matrix product.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from reviewlab.nn.kernels.columns import Columns
from reviewlab.nn.kernels.inputs import Words, gradients, project
from reviewlab.nn.kernels.library import function


class Cell(NamedTuple):
    """A kind of layer that the library computes, and how many matrix rows it needs per unit.

    Attributes:
        name: name of the cell in the library's function names.
        gates: rows of `weight_ih` per unit.
        kept: rows per unit that the forward pass writes for the backward pass.
        deltas: rows of gradients per unit.
        states: rows of working memory per unit in the forward pass.
    """

    name: str
    gates: int
    kept: int
    deltas: int
    states: int


CELLS = {
    "lstm": Cell("lstm", gates=4, kept=6, deltas=4, states=2),
    "gru": Cell("gru", gates=3, kept=4, deltas=4, states=1),
    "rnn": Cell("rnn", gates=1, kept=1, deltas=1, states=1),
}


class Run(NamedTuple):
    """The arguments of a layer that have no gradients.

    Attributes:
        cell: the kind of layer.
        width: the vector width, one of `widths()`.
        columns: the batch's columns in the layer's direction.
        words: the ids to look up in `source`; None if `source` contains the steps themselves.
    """

    cell: Cell
    width: str
    columns: Columns
    words: Words | None = None


class Recurrence(Function):
    """Computes the states of a layer; second derivatives raise a RuntimeError."""

    @staticmethod
    def forward(
        run: Run,
        source: Tensor,
        weight_ih: Tensor | None,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
    ) -> tuple[Tensor, ...]:
        """Return states `[time, batch, hidden]`, and the tensors that the backward pass needs.

        Args:
            run: the layer and the batch.
            source: `[time, batch, size]`; with `run.words`, a table `[words, size]`.
            weight_ih: `[gates x hidden, size]`; None if `source` is already multiplied by it.
            weight_hh: `[gates x hidden, hidden]`.
            bias_ih: `[gates x hidden]`.
            bias_hh: `[gates x hidden]`.

        Raises:
            TypeError: the tensors have different types, which the library cannot detect.
        """
        if not weight_hh.dtype == bias_ih.dtype == bias_hh.dtype == source.dtype:
            raise TypeError(
                f"weights of type {weight_hh.dtype} cannot read inputs of type {source.dtype}"
            )
        cell, columns, hidden = run.cell, run.columns, weight_hh.shape[1]
        kept = source.new_empty(cell.kept * hidden, columns.total)
        inputs = project(run.columns, run.words, source, weight_ih, kept[: cell.gates * hidden])
        before = source.new_empty(hidden, columns.total)
        states = _rows(columns, hidden, source)
        work = source.new_empty(cell.states * hidden * columns.sequence.columns)
        bias = _joined_bias(cell, hidden, bias_ih, bias_hh)
        matrices = (weight_hh.contiguous(), bias, kept, before, states, work)
        call = function(f"{cell.name}_forward", source.dtype, run.width)
        call(columns.address, hidden, *(matrix.data_ptr() for matrix in matrices))
        return states, kept, before, inputs

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Save the tensors that the backward pass needs.

        Args:
            ctx: the object that torch passes to `backward`.
            inputs: the arguments of `forward`.
            output: the results of `forward`.
        """
        run, source, weight_ih, weight_hh, *_ = inputs
        _, *kept = output
        ctx.mark_non_differentiable(*kept)
        ctx.set_materialize_grads(False)
        ctx.run = run
        table = None if run.words is None else source
        ctx.save_for_backward(table, weight_ih, weight_hh, *kept)
        ctx.shape = source.shape

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor | None, *_: None) -> tuple[Tensor | None, ...]:
        """Return the gradients of the six arguments of `forward`."""
        if grad is None:
            return (None,) * 6
        run: Run = ctx.run
        table, weight_ih, weight_hh, kept, before, inputs = ctx.saved_tensors
        hidden = weight_hh.shape[1]
        deltas = _deltas(run, grad.contiguous(), weight_hh, kept, before)
        own = deltas[: run.cell.gates * hidden]
        needed = (ctx.needs_input_grad[1], ctx.needs_input_grad[2])
        of_source, of_weight = gradients(
            run.columns, run.words, own, needed, (table, weight_ih, inputs)
        )
        if of_source is not None:
            of_source = of_source.view(ctx.shape)
        sums = deltas.sum(1)
        back = [deltas] if run.cell.name != "gru" else [deltas[: 2 * hidden], deltas[3 * hidden :]]
        of_state = None
        if ctx.needs_input_grad[3]:
            of_state = torch.cat([part @ before.t() for part in back])
        of_bias = sums if run.cell.name != "gru" else _without_third(sums, hidden)
        return None, of_source, of_weight, of_state, sums[: len(own)].clone(), of_bias


def _deltas(run: Run, grad: Tensor, weight: Tensor, kept: Tensor, before: Tensor) -> Tensor:
    """Run the recurrence backwards; return the gradients of the gates before their activation.

    Args:
        run: the layer and the batch.
        grad: gradients of the states, `[time, batch, hidden]`.
        weight: `weight_hh`.
        kept: the activations of the forward pass.
        before: the state before each step.
    """
    cell, columns, hidden = run.cell, run.columns, weight.shape[1]
    deltas = grad.new_empty(cell.deltas * hidden, columns.total)
    work = grad.new_empty((cell.states + cell.gates) * hidden * columns.sequence.columns)
    matrices = (weight.t().contiguous(), kept, before, grad, deltas, work)
    call = function(f"{cell.name}_backward", grad.dtype, run.width)
    call(columns.address, hidden, *(matrix.data_ptr() for matrix in matrices))
    return deltas


def _rows(columns: Columns, size: int, like: Tensor) -> Tensor:
    """Allocate a batch's rows; those on padding are 0, since nothing is written to them.

    Args:
        columns: the batch's columns.
        size: number of values in a row.
        like: a tensor that has the type to use.
    """
    shape = (columns.time, columns.batch, size)
    return like.new_empty(shape) if columns.full else like.new_zeros(shape)


def _joined_bias(cell: Cell, hidden: int, bias_ih: Tensor, bias_hh: Tensor) -> Tensor:
    """Return the sum of the two biases; a GRU's two biases of its new state stay separate.

    Args:
        cell: the kind of layer.
        hidden: width of its state.
        bias_ih: `[gates x hidden]`.
        bias_hh: `[gates x hidden]`.
    """
    if cell.name != "gru":
        return bias_ih + bias_hh
    gates = 2 * hidden
    return torch.cat([bias_ih[:gates] + bias_hh[:gates], bias_ih[gates:], bias_hh[gates:]])


def _without_third(sums: Tensor, hidden: int) -> Tensor:
    """Return the gradient of a GRU's `bias_hh`: all sums but the third, which is of `bias_ih`."""
    return torch.cat([sums[: 2 * hidden], sums[3 * hidden :]])
