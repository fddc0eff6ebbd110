"""The input's contribution to the gates, from vectors or words looked up by id; its gradients."""

from typing import NamedTuple

import torch
from torch import Tensor

from reviewlab.nn.kernels.columns import Columns
from reviewlab.nn.kernels.library import function

OUT_OF_RANGE = "token ids are out of range: the table has {} words"


class Words(NamedTuple):
    """The rows of a table that a batch looks up.

    Attributes:
        places: int64 `[time, batch]`, each word's row among those that are used.
        distinct: int64 `[rows]`, the rows of the table that are used; None if all are.
    """

    places: Tensor
    distinct: Tensor | None = None

    @classmethod
    def of(cls, token_ids: Tensor, vocab_size: int, gates: int) -> "Words":
        """Choose the rows to multiply by the input weights: all, or those of the batch's words.

        The distinct words are fewer, but have to be found. Time of the product and its gradients
        with the distinct words, relative to all (words drawn by Zipf's law, so that a word's
        frequency is inverse to its rank; one thread, AVX-512):

        | words / tokens | .02 | .08 | .2 | .31 | .39 | .78 | .78 | 1.6 | 3.1 |
        |---|---|---|---|---|---|---|---|---|---|
        | of 1,000 words | .5 | .5 | 5 | 2 | 10 | 5 | 20 | 10 | 20 |
        | 32 gates | 1.44 | 1.73 | 1.43 | 1.63 | 1.17 | 1.27 | 1.04 | .93 | .64 |
        | 128 gates | 1.06 | 1.12 | 1.02 | 1.01 | .93 | .81 | .75 | .57 | .41 |
        | 512 gates | 1.05 | 1.05 | .97 | .94 | .86 | .72 | .53 | .48 | .20 |

        Args:
            token_ids: ids `[time, batch]`.
            vocab_size: number of rows in the table.
            gates: number of columns in the product.

        Raises:
            IndexError: an id is not in the table.
        """
        ids = token_ids.to(torch.int64).contiguous()
        if vocab_size <= ids.numel() // (1 if gates < 64 else 3):
            return cls(ids)
        least, greatest = ids.aminmax()
        if least < 0 or greatest >= vocab_size:
            raise IndexError(OUT_OF_RANGE.format(vocab_size))
        used = torch.zeros(vocab_size, dtype=torch.int64).index_fill_(0, ids.view(-1), 1)
        return cls((used.cumsum(0) - 1)[ids], used.nonzero().view(-1))

    def rows(self, table: Tensor) -> Tensor:
        """Return the rows of `table` that are used."""
        return table if self.distinct is None else table.index_select(0, self.distinct)

    def spread(self, rows: Tensor, table: Tensor) -> Tensor:
        """Return a table like `table` with `rows` at the places that are used, and 0 elsewhere."""
        if self.distinct is None:
            return rows
        return torch.zeros_like(table).index_copy_(0, self.distinct, rows)


def project(
    columns: Columns, words: Words | None, source: Tensor, weight: Tensor | None, gates: Tensor
) -> Tensor:
    """Write the input's contribution to `gates`.

    Args:
        columns: the batch's columns.
        words: the rows to look up in `source`; None if `source` contains the steps themselves.
        source: the steps `[time, batch, size]`, or a table `[words, size]`.
        weight: input weights `[gates x hidden, size]`; None if `source` is already multiplied by
            them.
        gates: matrix to write to, `[gates x hidden, columns]`.

    Returns:
        The inputs `[columns, size]`; empty if rows of a table were looked up.
    """
    if words is not None:
        rows = words.rows(source)
        table = rows.contiguous() if weight is None else rows @ weight.t()
        call = function("lookup", source.dtype, "rows")
        places = (words.places.data_ptr(), table.data_ptr(), gates.data_ptr())
        if call(columns.address, len(gates), len(table), *places):
            raise IndexError(OUT_OF_RANGE.format(len(table)))
        return source.new_empty(0)
    inputs = columns.gather(source)
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
        words: the rows that were looked up; None if the source contains the steps themselves.
        deltas: gradients of the input's contribution to the gates, `[gates x hidden, columns]`.
        needed: True if the source's gradient is needed, and True if the weights' gradient is.
        saved: the tensors that `Recurrence` saved.
    """
    table, weight, inputs = saved
    if words is not None and table is not None:
        return _of_table(columns, words, deltas, table, weight)
    of_weight = deltas @ inputs if needed[1] else None
    if not needed[0]:
        return None, of_weight
    rows = deltas.t().contiguous() if weight is None else deltas.t() @ weight
    return _at_their_steps(columns, rows), of_weight


def _of_table(
    columns: Columns, words: Words, deltas: Tensor, table: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Return the gradients of a table and of the weights that it was multiplied by.

    Args:
        columns: the batch's columns.
        words: the rows that were looked up.
        deltas: gradients of the input's contribution to the gates.
        table: word vectors `[words, size]`.
        weight: the weights; None if the table itself was looked up.
    """
    rows = words.rows(table)
    of_product = table.new_zeros(len(rows), len(deltas))
    call = function("lookup_gradient", table.dtype, "rows")
    places = (words.places.data_ptr(), deltas.data_ptr(), of_product.data_ptr())
    call(columns.address, len(deltas), *places)
    if weight is None:
        return words.spread(of_product, table), None
    return words.spread(of_product @ weight, table), of_product.t() @ rows


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
