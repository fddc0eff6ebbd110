"""Choose the kernel by name, installation and shape, and check that it can read a tensor."""

from typing import Any, Literal, NamedTuple, TypeGuard

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _get_current_dispatch_mode

from reviewlab.exceptions import InputError
from reviewlab.nn.kernels.columns import Reading, arrange
from reviewlab.nn.kernels.library import MULTIPLES, TYPES, widths

Kernel = Literal["auto", "torch", "compiled"]
Kind = Literal["torch", "compiled"]


LARGEST_STATE = {"lstm": 128, "gru": 512, "rnn": 512}
"""The widest state for which `auto` chooses the compiled kernel, for each kind of layer.

Processor time of a training step relative to torch 2.13, on one thread, measured in pairs with full
batches of 64 x 100, on a processor with AVX2 and on one with AVX-512:

| hidden | 8 | 32 | 64 | 128 | 256 | 512 |
|---|---|---|---|---|---|---|
| lstm | .68, .50 | .93, 1.01 | .79, 1.02 | .70, .81 | .99, .91 | 1.16, .99 |
| gru | .20, .15 | .34, .32 | .43, .47 | .58, .66 | .74, .84 | .76, .86 |
| rnn | .36, .21 | .48, .31 | .49, .50 | .60, .68 | .69, .79 | .77, .75 |

Reviews of unequal lengths gain more: the ratios at hidden 128 are then .47, .37 and .43, and .60,
.57 and .51 with AVX-512.
"""

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
"""Attributes that hold a module's hooks, which run only when the module is called."""


class Choice(NamedTuple):
    """The kernel that a classifier's recurrent layers run.

    A named tuple, since a frozen dataclass takes half a millisecond longer to define.

    Attributes:
        kind: `compiled`, or `torch` for torch's own layers.
        width: the vector width of the compiled kernel; "" for torch's layers.
        began: the kernel that a resumed run began with, if its width is missing here; else "".
    """

    kind: Kind
    width: str = ""
    began: str = ""

    @classmethod
    def make(cls, kernel: Kernel, cell: str, hidden_size: int) -> "Choice":
        """Return the kernel for a layer of this kind and size.

        Args:
            kernel: the option `model.kernel`; "auto" decides by kind and size.
            cell: the kind of layer.
            hidden_size: width of the state.

        Raises:
            InputError: `kernel` is "compiled", but the library is not installed.
        """
        if kernel == "compiled" and not widths():
            raise InputError(
                "model.kernel: 'compiled' is not installed here (it needs x86-64 and a C compiler)"
                "; allowed: auto, torch"
            )
        gains = hidden_size <= LARGEST_STATE[cell]
        wanted = kernel == "compiled" or (kernel == "auto" and gains)
        return cls("compiled", widths()[0]) if wanted and widths() else cls("torch")

    @classmethod
    def resumed(cls, record: dict[str, Any] | None) -> "Choice":
        """Return the kernel with which a resumed run continues.

        Args:
            record: the result of `as_record` in the run's checkpoint; None if the checkpoint is
                older than the compiled kernel.
        """
        if record is None:
            return cls("torch")
        before = cls(**record)
        if before.kind == "torch" or before.width in widths():
            return before
        here = cls("compiled", widths()[0]) if widths() else cls("torch")
        return here._replace(began=str(before))

    def __str__(self) -> str:
        """Return the kernel's kind, followed by its vector width if it has one."""
        return f"{self.kind} ({self.width})" if self.width else self.kind

    def as_record(self) -> dict[str, Any]:
        """Return the attributes as plain values, to save in a checkpoint."""
        return self._asdict()

    def runs(self, weight: Tensor) -> bool:
        """Tell whether a layer with this weight runs the compiled kernel now."""
        return self.kind == "compiled" and reads_memory(weight)

    def readings(
        self, weight: Tensor, lengths: Tensor, time: int, both: bool = False
    ) -> tuple[Reading, ...] | None:
        """Arrange a batch for the compiled kernel, by direction; None if torch's layer runs.

        Args:
            weight: any of the layer's weights.
            lengths: length of each review, int64 `[batch]`.
            time: number of steps in the batch.
            both: True to read in both directions.
        """
        if not self.runs(weight) or lengths.device.type != "cpu":
            return None
        columns = arrange(lengths, time, both, multiple=MULTIPLES[self.width])
        return tuple(Reading(of_one, self.width) for of_one in columns)


def is_plain(embedding: nn.Module) -> TypeGuard[nn.Embedding]:
    """Tell whether a module is an embedding that only looks rows up: no hooks, no options."""
    return (
        type(embedding) is nn.Embedding
        and not embedding.sparse
        and embedding.padding_idx is None
        and embedding.max_norm is None
        and not embedding.scale_grad_by_freq
        and not any(getattr(embedding, hooks) for hooks in HOOKS)
    )


def reads_memory(weight: Tensor) -> bool:
    """Tell whether the kernel can read a tensor's memory: not if it is traced, fake or wrapped.

    The last two functions used here are not public in torch 2.13; `test_kernels_dispatch.py` fails
    if they change.
    """
    return (
        weight.device.type == "cpu"
        and weight.dtype in TYPES
        and type(weight) in (Tensor, torch.nn.Parameter)
        and not torch.is_autocast_enabled("cpu")
        and not torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
        and not torch.compiler.is_compiling()
        and torch._C._functorch.peek_interpreter_stack() is None
        and _get_current_dispatch_mode() is None
    )
