"""The input's contribution to the gates, from vectors or words looked up by id; its gradients."""

import torch
from torch import Tensor

from reviewlab.nn.kernels.columns import Columns
from reviewlab.nn.kernels.library import function

Words = Tensor
"""Token ids, int64 `[time, batch]`."""


def folds(vocab_size: int, tokens: int) -> bool:
    """Tell whether to multiply the whole table of word vectors by the input weights, per batch.

    The product then has one row for each word of the vocabulary instead of one for each token. It
    is faster if the batch has more tokens than the vocabulary has words: with 500 words and 6,400
    tokens it takes a third (32 gates) to a fifth (512) of the time; with 20,000 words it takes
    longer (measured with a prototype, on batches of 64 x 100).
    """
    return vocab_size < tokens


def project(
    columns: Columns, words: Words | None, source: Tensor, weight: Tensor | None, gates: Tensor
) -> Tensor:
    """Write the input's contribution to `gates`.

    Args:
        columns: the batch's columns.
        words: the ids to look up in `source`; None if `source` contains the steps themselves.
        source: the steps `[time, batch, size]`, or a table `[words, size]`.
        weight: input weights `[gates x hidden, size]`; None if `source` is already multiplied by
            them.
        gates: matrix to write to, `[gates x hidden, columns]`.

    Returns:
        The inputs `[columns, size]`; empty if rows of the product were looked up instead.
    """
    if words is not None and (weight is None or folds(len(source), columns.total)):
        table = source.contiguous() if weight is None else source @ weight.t()
        call = function("lookup", source.dtype, "rows")
        places = (words.data_ptr(), table.data_ptr(), gates.data_ptr())
        if call(columns.address, len(gates), len(table), *places):
            raise IndexError(f"token ids are out of range: the table has {len(table)} words")
        return source.new_empty(0)
    if words is None:
        inputs = columns.gather(source)
    else:
        inputs = source.index_select(0, _ids(columns, words))
    if weight is None:
        gates.copy_(inputs.t())
    else:
        torch.mm(weight, inputs.t(), out=gates)
    return inputs


Saved = tuple[Tensor | None, Tensor | None, Tensor]
"""The table, input weights and inputs that `Recurrence` saves for the backward pass."""


def gradients(
    columns: Columns, words: Words | None, deltas: Tensor, needed: tuple[bool, bool], saved: Saved
) -> tuple[Tensor | None, Tensor | None]:
    """Return the gradients of the source and of the input weights, None for one not needed.

    Args:
        columns: the batch's columns.
        words: the ids that were looked up; None if the source contains the steps themselves.
        deltas: gradients of the input's contribution to the gates, `[gates x hidden, columns]`.
        needed: True if the source's gradient is needed, and True if the weights' gradient is.
        saved: the tensors that `Recurrence` saved.
    """
    table, weight, inputs = saved
    if table is not None and words is not None and inputs.dim() == 1:
        return _of_table(columns, words, deltas, table, weight)
    of_weight = deltas @ inputs if needed[1] else None
    if not needed[0]:
        return None, of_weight
    rows = deltas.t().contiguous() if weight is None else deltas.t() @ weight
    if table is not None and words is not None:
        return torch.zeros_like(table).index_add_(0, _ids(columns, words), rows), of_weight
    return _at_their_steps(columns, rows), of_weight


def _of_table(
    columns: Columns, words: Words, deltas: Tensor, table: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Return the gradients of a table and of the weights that it was multiplied by.

    Args:
        columns: the batch's columns.
        words: the ids that were looked up.
        deltas: gradients of the input's contribution to the gates.
        table: word vectors `[words, size]`.
        weight: the weights; None if the table itself was looked up.
    """
    of_product = table.new_zeros(len(table), len(deltas))
    call = function("lookup_gradient", table.dtype, "rows")
    call(columns.address, len(deltas), words.data_ptr(), deltas.data_ptr(), of_product.data_ptr())
    if weight is None:
        return of_product, None
    return of_product @ weight, of_product.t() @ table


def _at_their_steps(columns: Columns, rows: Tensor) -> Tensor:
    """Scatter rows `[columns, size]` to `[time x batch, size]`, with 0 on padding."""
    if columns.in_place:
        return rows
    size = rows.shape[1]
    shape = (columns.time * columns.batch, size)
    steps = rows.new_empty(shape) if columns.full else rows.new_zeros(shape)
    call = function("scatter", rows.dtype, "rows")
    call(columns.address, size, rows.data_ptr(), steps.data_ptr())
    return steps


def _ids(columns: Columns, words: Words) -> Tensor:
    """Return the id of each column's word, int64 `[columns]`."""
    return words.reshape(-1).index_select(0, columns.rows)
