"""Numbers too small for full precision, which many processors compute with slowly."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def flush_subnormals(flush: bool = True) -> Iterator[None]:
    """Compute with 0 instead of subnormal numbers, those below 1.2e-38 in 32 bits.

    Gradients that vanish over hundreds of steps become subnormal, and so does Adam's momentum of
    a word that no batch of the last 750 steps contained. An operation on such a number can take a
    hundred cycles. The mode is that of the calling thread, which is reset, and of threads that it
    starts meanwhile.

    Args:
        flush: False to compute with subnormal numbers.
    """
    before = is_flushing()
    torch.set_flush_denormal(flush)  # does nothing on processors without this mode
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def is_flushing() -> bool:
    """Tell whether the calling thread computes with 0 instead of subnormal numbers."""
    return not (torch.tensor([1e-40]) * 1).any()
