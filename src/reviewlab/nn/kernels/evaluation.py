"""The states of a recurrent layer without gradients, for validation and prediction.

Nothing is kept for a backward pass: the library looks up the words of one step at a time, in memory
that stays in the processor's cache.
"""

import torch
from torch import Tensor

from reviewlab.nn.kernels.biases import joined_bias
from reviewlab.nn.kernels.columns import Columns
from reviewlab.nn.kernels.inputs import OUT_OF_RANGE, Words
from reviewlab.nn.kernels.library import function
from reviewlab.nn.kernels.recurrence import Run, check_types
from reviewlab.nn.kernels.states import initial_state, memory_of_states


def evaluate(
    run: Run,
    source: Tensor,
    weight_ih: Tensor | None,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    initial: Tensor | None,
) -> Tensor:
    """Return the states that `Recurrence` returns, without gradients.

    Args:
        run: the layer and the batch.
        source: as in `Recurrence`, and so are the other arguments.
        weight_ih: input weights.
        weight_hh: weights of the state.
        bias_ih: first bias.
        bias_hh: second bias.
        initial: the initial state.
    """
    check_types(source, weight_hh, bias_ih, bias_hh, initial)
    cell, columns, hidden = run.cell, run.columns, weight_hh.shape[1]
    words, inputs = _look_up(columns, run.words, source)
    table = inputs.contiguous() if weight_ih is None else inputs @ weight_ih.t()
    width = columns.sequence.columns
    kept, before = inputs.new_empty(cell.kept * hidden, width), inputs.new_empty(hidden, width)
    states = memory_of_states(columns, run.ends, hidden, inputs)
    work = initial_state(cell, columns, initial, hidden, inputs)
    weights, bias = weight_hh.contiguous(), joined_bias(cell, weight_hh, bias_ih, bias_hh)
    call = function(f"{cell.name}_evaluate", inputs.dtype, run.width)
    layer = (columns.address, hidden, run.ends, weights.data_ptr(), bias.data_ptr())
    memory = (matrix.data_ptr() for matrix in (words, table, kept, before, states, work))
    if call(*layer, len(table), *memory):
        raise IndexError(OUT_OF_RANGE.format(len(table)))
    return states


def _look_up(columns: Columns, words: Words | None, source: Tensor) -> tuple[Tensor, Tensor]:
    """Return the row for each word, int64 `[time x batch]`, and the rows `[rows, size]`.

    Args:
        columns: the batch's columns.
        words: the rows to look up in `source`; None if `source` contains the steps themselves.
        source: the steps `[time, batch, size]`, or a table `[words, size]`.
    """
    if words is not None:
        return words.places, words.rows(source)
    numbers = torch.arange(columns.total)
    if columns.in_place:
        return numbers, columns.gather(source)
    places = torch.empty(columns.time * columns.batch, dtype=torch.int64)
    places[columns.rows] = numbers
    return places, columns.gather(source)
