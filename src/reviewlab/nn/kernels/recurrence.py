"""A recurrent layer in one direction, as an autograd function.

The library computes the recurrence. Torch computes the product with the input and the gradients of
the weights, each as a single matrix product.
"""

import inspect
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from reviewlab.nn.kernels.biases import gradients_of_biases, joined_bias
from reviewlab.nn.kernels.cells import Cell
from reviewlab.nn.kernels.columns import Columns
from reviewlab.nn.kernels.inputs import Words, gradients, project
from reviewlab.nn.kernels.library import function
from reviewlab.nn.kernels.memory import may_overwrite_saved, new_matrix
from reviewlab.nn.kernels.states import gradient_of_initial, initial_state, memory_of_states


class Run(NamedTuple):
    """The arguments of a layer that have no gradients.

    Attributes:
        cell: the kind of layer.
        width: the vector width, one of `widths()`.
        columns: the batch's columns in the layer's direction.
        ends: True to return only the state at the end of each review.
        words: the rows to look up in `source`; None if `source` contains the steps themselves.
    """

    cell: Cell
    width: str
    columns: Columns
    ends: bool = False
    words: Words | None = None


def check_types(source: Tensor, *others: Tensor | None) -> None:
    """Raise TypeError if tensors have different types, which the library cannot detect."""
    for other in others:
        if other is not None and other.dtype != source.dtype:
            raise TypeError(
                f"weights of type {other.dtype} cannot read inputs of type {source.dtype}"
            )


class Recurrence(Function):
    """Computes the states of a layer; second derivatives raise a RuntimeError."""

    @staticmethod
    def forward(
        run: Run,
        source: Tensor,
        weight_ih: Tensor | None,
        weight_hh: Tensor,
        bias_ih: Tensor | None,
        bias_hh: Tensor | None,
        initial: Tensor | None,
    ) -> tuple[Tensor, ...]:
        """Return the states, and the tensors that the backward pass needs.

        The states are `[time, batch, hidden]`; with `run.ends`, `[batch, hidden]`.

        Args:
            run: the layer and the batch.
            source: `[time, batch, size]`; with `run.words`, a table `[words, size]`.
            weight_ih: `[gates x hidden, size]`; None if `source` is already multiplied by it.
            weight_hh: `[gates x hidden, hidden]`.
            bias_ih: `[gates x hidden]`; None for a layer without biases.
            bias_hh: `[gates x hidden]`; None for a layer without biases.
            initial: the initial state `[1, batch, hidden]`, or h and c of an LSTM, `[2, batch,
                hidden]`; None for 0.

        Raises:
            TypeError: the tensors have different types.
        """
        check_types(source, weight_hh, bias_ih, bias_hh, initial)
        cell, columns, hidden = run.cell, run.columns, weight_hh.shape[1]
        kept = new_matrix(cell.kept * hidden, columns.total, source)
        inputs = project(run.columns, run.words, source, weight_ih, kept[: cell.gates * hidden])
        before = new_matrix(hidden, columns.total, source)
        states = memory_of_states(columns, run.ends, hidden, source)
        work = initial_state(cell, columns, initial, hidden, source)
        bias = joined_bias(cell, weight_hh, bias_ih, bias_hh)
        matrices = (weight_hh.contiguous(), bias, kept, before, states, work)
        call = function(f"{cell.name}_forward", source.dtype, run.width)
        call(columns.address, hidden, run.ends, *(matrix.data_ptr() for matrix in matrices))
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
        """Return the gradients of the seven arguments of `forward`."""
        if grad is None:
            return (None,) * 7
        run: Run = ctx.run
        table, weight_ih, weight_hh, kept, before, inputs = ctx.saved_tensors
        hidden = weight_hh.shape[1]
        deltas, work = _deltas(run, grad.contiguous(), weight_hh, kept, before)
        own = deltas[: run.cell.gates * hidden]
        needed = (ctx.needs_input_grad[1], ctx.needs_input_grad[2])
        of_source, of_weight = gradients(
            run.columns, run.words, own, needed, (table, weight_ih, inputs)
        )
        if of_source is not None:
            of_source = of_source.view(ctx.shape)
        of_state = of_initial = None
        of_biases: tuple[Tensor | None, Tensor | None] = (None, None)
        if ctx.needs_input_grad[3]:
            of_state = _of_state_weights(run.cell, deltas, before)
        if ctx.needs_input_grad[4]:
            of_biases = gradients_of_biases(run.cell, deltas)
        if ctx.needs_input_grad[6]:
            of_initial = gradient_of_initial(run.cell, run.columns, work, hidden)
        return None, of_source, of_weight, of_state, *of_biases, of_initial


# `apply` reads the signature at every call: 3 µs if it is stored, otherwise 16 (torch 2.13).
Recurrence.forward.__signature__ = inspect.signature(Recurrence.forward)  # type: ignore[attr-defined]


def _of_state_weights(cell: Cell, deltas: Tensor, before: Tensor) -> Tensor:
    """Return the gradient of `weight_hh`.

    Args:
        cell: the kind of layer.
        deltas: gradients of the gates, `[deltas x hidden, columns]`.
        before: the state before each step, `[hidden, columns]`.
    """
    of_all = (before @ deltas.t()).t()  # at 8 units, .6 of the time of `deltas @ before.t()`
    if cell.name != "gru":
        return of_all.contiguous()
    hidden = len(before)  # the third part is of the input's contribution alone
    return torch.cat([of_all[: 2 * hidden], of_all[3 * hidden :]])


def _deltas(
    run: Run, grad: Tensor, weight: Tensor, kept: Tensor, before: Tensor
) -> tuple[Tensor, Tensor]:
    """Run the recurrence backwards.

    Args:
        run: the layer and the batch.
        grad: gradients of the states that were returned.
        weight: `weight_hh`.
        kept: the activations of the forward pass, which are overwritten if nobody needs them later.
        before: the state before each step.

    Returns:
        The gradients of the gates before their activation, and the working memory.
    """
    cell, columns, hidden = run.cell, run.columns, weight.shape[1]
    rows = cell.deltas * hidden
    deltas = kept[:rows] if may_overwrite_saved() else new_matrix(rows, columns.total, grad)
    work = grad.new_zeros((cell.states + cell.gates) * hidden * columns.sequence.columns)
    matrices = (weight.t().contiguous(), kept, before, grad, deltas, work)
    call = function(f"{cell.name}_backward", grad.dtype, run.width)
    call(columns.address, hidden, run.ends, *(matrix.data_ptr() for matrix in matrices))
    return deltas, work
