"""Let torch trace recurrent layers without fixing the number of their steps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch._decomp import decomposition_table


def _states(steps: Tensor, hidden: Tensor) -> Tensor:
    """Return a tensor of the shape of a layer's states, `[time, batch, hidden]`."""
    return steps.new_empty(*steps.shape[:2], hidden.shape[-1])


def _lstm(steps: Tensor, initial: Sequence[Tensor], *_: Any) -> tuple[Tensor, ...]:
    return _states(steps, initial[0]), *(state.clone() for state in initial)


def _other(steps: Tensor, initial: Tensor, *_: Any) -> tuple[Tensor, ...]:
    return _states(steps, initial), initial.clone()


KEY = torch._C.DispatchKey.CompositeImplicitAutograd

SHAPES: dict[Any, Callable[..., tuple[Tensor, ...]]] = {
    torch.ops.aten.lstm.input: _lstm,
    torch.ops.aten.gru.input: _other,
    torch.ops.aten.rnn_tanh.input: _other,
}
"""For each operator of a recurrent layer, a function of its arguments to the shapes of its results.

The layers are those of `RecurrentStack`: a single layer in one direction, with time first.
"""


@contextmanager
def any_number_of_steps() -> Iterator[None]:
    """Trace recurrent layers as single operators whose number of steps is a variable.

    To find the shapes of the results, torch 2.13 computes the layers step by step, and so takes the
    number of steps for a constant. There is no public way to give it the shapes;
    `torch.export._patches` replaces the same entries.
    """
    tables = [(decomposition_table, operator, operator) for operator in SHAPES]
    tables += [(operator.py_kernels, KEY, operator) for operator in SHAPES]
    before = [table[key] for table, key, _ in tables]
    for table, key, operator in tables:
        table[key] = SHAPES[operator]
    try:
        yield
    finally:
        for (table, key, _), entry in zip(tables, before, strict=True):
            table[key] = entry
