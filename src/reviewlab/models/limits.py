"""Bound what a checkpoint can make a classifier allocate: no more than its weights justify."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn, strided
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)

from reviewlab.exceptions import InputError, short_repr

MARGIN = 4
"""Parts that a constructor builds and then discards must fit as well, such as unused heads."""

FEW_TENSORS = 200
FEW_NUMBERS = 2**20
LARGE = 10_000_000
"""A whole number up to this size is allowed even if no weight has such a dimension."""


def refuse_weights(weights: Mapping[Any, Any], file_size: int) -> None:
    """Refuse weights that are not plain tensors, or that take more memory than their file has.

    A tensor of one number can have any shape if it repeats that number.

    Args:
        weights: the `state_dict` of a checkpoint.
        file_size: size of the checkpoint, in bytes.

    Raises:
        InputError: the weights are not as a classifier has them.
    """
    size = 0
    for name, weight in weights.items():
        is_plain = isinstance(weight, Tensor) and weight.layout is strided
        if not isinstance(name, str) or not is_plain or weight.device.type != "cpu":
            raise InputError(f"its state_dict has {short_repr(name)}, which is not a plain tensor")
        size += weight.numel() * weight.element_size()
    if size > 2 * file_size:
        raise InputError(f"its weights claim {size:,} bytes, but the file has {file_size:,}")


def refuse_large(arguments: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
    """Refuse arguments that describe a larger classifier than the weights are for.

    Args:
        arguments: constructor arguments of the classifier.
        weights: the weights of the checkpoint.

    Raises:
        InputError: a number is larger than any dimension, or there are more layers than weights.
    """
    largest = max((size for weight in weights.values() for size in weight.shape), default=0)
    for name, value in arguments.items():
        limit = len(weights) if name == "num_layers" else max(LARGE, largest)
        for number in _whole_numbers(value):
            if number > limit:
                raise InputError(
                    f"{name}: {short_repr(number)} does not fit {len(weights)} weights, whose "
                    f"largest dimension is {largest}"
                )


@contextmanager
def at_most(tensors: int, numbers: int) -> Iterator[None]:
    """Within the `with` block, stop building modules that have far more weights than expected.

    Torch announces every weight before it is filled, so the memory is not in use yet.

    Args:
        tensors: the expected number of parameters and buffers.
        numbers: the expected number of their elements.

    Raises:
        InputError: inside the block, when there are more.
    """
    left = [MARGIN * tensors + FEW_TENSORS, MARGIN * numbers + FEW_NUMBERS]

    def _subtract(module: nn.Module, name: str, weight: Tensor | None) -> None:
        if weight is not None:
            left[0] -= 1
            left[1] -= weight.numel()
        if min(left) < 0:
            raise InputError(f"it describes more than the {tensors} weights of the file")

    hooks = [
        register_module_parameter_registration_hook(_subtract),
        register_module_buffer_registration_hook(_subtract),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _whole_numbers(value: Any) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _whole_numbers(item)
