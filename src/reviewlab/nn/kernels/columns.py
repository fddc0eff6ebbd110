"""The order in which the kernel reads a batch: step by step, the longest review first."""

import ctypes
from typing import NamedTuple

import torch
from torch import Tensor

from reviewlab.nn.kernels.library import counting

LARGEST_BATCH = 2**23
"""The largest product of reviews, steps, units and 6 that an evaluation reads at once.

It limits the product of a layer's steps and input weights, which the C library would map anew for
every batch. Of 500 reviews in one batch, two LSTM layers of 32 units and 200 tokens take .97 of the
time of torch's layers, in batches of 256 they take .74; those of 64 units and 400 tokens take 1.00
and, in batches of 64, .71. A layer that looks all words up needs no limit: one LSTM layer of 64
units takes .50 whole, and .54 in batches of 64.
"""


def reviews_at_once(time: int, hidden_size: int) -> int:
    """Return the number of reviews that an evaluation should read at once, a multiple of 16."""
    return max(16, LARGEST_BATCH // (6 * time * hidden_size) // 16 * 16)


class Sequence(ctypes.Structure):
    """The struct `Sequence` of `sequence.h`."""

    _fields_ = [
        ("batch", ctypes.c_int64),
        ("steps", ctypes.c_int64),
        ("columns", ctypes.c_int64),
        ("total", ctypes.c_int64),
        ("starts", ctypes.c_void_p),
        ("alive", ctypes.c_void_p),
        ("rows", ctypes.c_void_p),
    ]


class Columns(NamedTuple):
    """The columns of a batch that is read in one direction; a column is one word of a review.

    Attributes:
        sequence: the struct that the library reads.
        rows: int64 `[total]`, the index of each column's row in the input: `step * batch + review`.
        time: number of steps in the input, including padding.
        batch: number of reviews.
        full: True if no review has padding.
        in_place: True if every column has the same index as its row.
        memory: the tensor that `sequence` points into, kept so that it is not freed.
    """

    sequence: Sequence
    rows: Tensor
    time: int
    batch: int
    full: bool
    in_place: bool
    memory: Tensor

    @property
    def total(self) -> int:
        """The number of columns in all steps together."""
        return int(self.sequence.total)

    @property
    def order(self) -> Tensor:
        """The review in each column of the first step, int64 `[batch]`: the longest first."""
        return self.rows[: self.batch] % self.batch

    @property
    def address(self) -> int:
        """The address of `sequence`."""
        return ctypes.addressof(self.sequence)

    def gather(self, steps: Tensor) -> Tensor:
        """Gather each column's row: `[time, batch, size]` to `[total, size]`."""
        rows = steps.reshape(self.time * self.batch, -1)
        return rows if self.in_place else rows.index_select(0, self.rows)


class Reading(NamedTuple):
    """A batch as the kernel reads it.

    Attributes:
        columns: the batch's columns in one direction.
        width: the vector width, one of `widths()`.
        ends: True to return only the state at the end of each review.
    """

    columns: Columns
    width: str
    ends: bool = False


def align(token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Move each review to the left; return ids `[time, batch]` and lengths `[batch]`, at least 1.

    It does what `reviewlab.nn.padding.align` does, in a sixth of the time.

    Args:
        token_ids: `[batch, time]`.
        mask: bool `[batch, time]`.
    """
    ids, words = token_ids.to(torch.int64).contiguous(), mask.contiguous()
    batch, time = ids.shape
    aligned, lengths = ids.new_empty(time, batch), ids.new_empty(batch)
    places = [part.data_ptr() for part in (ids, words, aligned, lengths)]
    counting("align")(batch, time, *places)
    return aligned, lengths


def arrange(lengths: Tensor, time: int, both: bool, multiple: int) -> tuple[Columns, ...]:
    """Order a batch for the kernel; return its columns read forwards and, with `both`, backwards.

    Args:
        lengths: length of each review, int64 `[batch]`, from 1 to `time`.
        time: number of steps in the batch, including padding.
        both: True to read the reviews in both directions.
        multiple: the number of columns in a step is rounded up to a multiple of this.
    """
    batch = len(lengths)
    lengths = lengths.to(torch.int64).contiguous()
    rounded = -(-batch // multiple) * multiple
    most = time * rounded
    sizes = [batch, time + 1, time + 1, *[most] * (2 if both else 1)]
    memory = torch.empty(sum(sizes), dtype=torch.int64)
    order, starts, alive, *directions = torch.split(memory, sizes)
    places = [part.data_ptr() for part in (lengths, order, starts, alive, *directions)]
    total = counting("arrange")(batch, time, multiple, *places, *() if both else (None,))
    full = total == most and bool((lengths == time).all())

    def columns(rows: Tensor, in_place: bool) -> Columns:
        numbers = (batch, time, rounded, total)
        sequence = Sequence(*numbers, starts.data_ptr(), alive.data_ptr(), rows.data_ptr())
        return Columns(sequence, rows[:total], time, batch, full, in_place, memory)

    forwards, *backwards = directions
    in_place = full and batch == rounded
    return columns(forwards, in_place), *(columns(rows, False) for rows in backwards)
