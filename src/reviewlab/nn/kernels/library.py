"""The compiled library: its file, the vector widths for this processor, and its functions."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import torch

NAME = "_recurrence"
TYPES = {torch.float32: "f32", torch.float64: "f64"}
"""The types that the kernel supports, and their names within the names of its functions."""

NUMBER, ADDRESS = ctypes.c_int64, ctypes.c_void_p
ARGUMENTS: dict[str, list[Any]] = {
    "forward": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 6],
    "backward": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 6],
    "evaluate": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 2, NUMBER, *[ADDRESS] * 6],
    "lookup": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 3],
    "lookup_gradient": [ADDRESS, NUMBER, *[ADDRESS] * 3],
    "scatter": [ADDRESS, NUMBER, *[ADDRESS] * 2],
}
"""Argument types of the functions; those of a cell, such as `lstm_forward`, by direction."""

COUNTING: dict[str, list[Any]] = {
    "align": [NUMBER, NUMBER, *[ADDRESS] * 4],
    "arrange": [NUMBER, NUMBER, *[ADDRESS] * 6],
}
"""Argument types of the functions that read only whole numbers."""


@cache
def library() -> ctypes.CDLL | None:
    """Load the library; None if it was not built, or was built for another machine."""
    for suffix in EXTENSION_SUFFIXES:
        file = Path(__file__).with_name(f"{NAME}{suffix}")
        if file.exists():
            try:
                return ctypes.CDLL(str(file))
            except OSError:
                return None
    return None


def is_available() -> bool:
    """Tell whether the library is installed."""
    return library() is not None


@cache
def widths() -> tuple[str, ...]:
    """Return the vector widths that this processor supports, the widest first.

    Results depend on the width, since each rounds differently. Empty without the library.
    """
    loaded = library()
    if loaded is None:
        return ()
    return ("avx2", "sse2") if loaded.has_avx2() else ("sse2",)


@cache
def counting(name: str) -> Callable[..., int]:
    """Return a function of the library that reads only whole numbers: `align` or `arrange`."""
    found = _loaded()[name]
    found.argtypes = COUNTING[name]
    found.restype = NUMBER
    return found


@cache
def function(name: str, dtype: torch.dtype, variant: str) -> Callable[..., int]:
    """Return a function of the library.

    Args:
        name: first part of the function's name, such as `lstm_forward` or `lookup`.
        dtype: the type of the matrices.
        variant: the vector width; `rows` for functions that only move rows.

    Raises:
        RuntimeError: the library is missing.
    """
    found = _loaded()[f"{name}_{TYPES[dtype]}_{variant}"]
    found.argtypes = ARGUMENTS[name if name in ARGUMENTS else name.rpartition("_")[2]]
    found.restype = NUMBER if name.endswith(("lookup", "evaluate")) else None
    return found


@contextmanager
def flush_to_zero() -> Iterator[None]:
    """Let this thread compute with 0 instead of subnormal numbers, also in torch's products.

    Gradients that vanish over hundreds of steps become subnormal, and some processors take a
    hundred cycles for each operation on such a number.
    """
    loaded = _loaded()
    before = loaded.flush_to_zero()
    try:
        yield
    finally:
        loaded.restore_mode(before)


def _loaded() -> ctypes.CDLL:
    """Return the library."""
    loaded = library()
    if loaded is None:
        raise RuntimeError("the compiled recurrent kernel is not installed")
    return loaded
