"""The compiled library: its file, the vector widths for this processor, and its functions."""

import ctypes
from collections.abc import Callable
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
    "arrange": [NUMBER, NUMBER, NUMBER, *[ADDRESS] * 6],
    "use_large_pages": [ADDRESS, NUMBER],
}
"""Argument types of the functions that compute only with whole numbers."""

MULTIPLES = {"avx512": 16, "avx2": 8, "sse2": 8}
"""For each vector width, a step's number of columns is a multiple of this; the widest first.

It is 8, or the number of float32 in a vector if that is larger.
"""

VERSION = 2
"""The version of the functions' arguments; must be the same in `recurrence.c`."""


@cache
def library() -> ctypes.CDLL | None:
    """Load the library; None if it was not built, or for another machine or version."""
    for suffix in EXTENSION_SUFFIXES:
        file = Path(__file__).with_name(f"{NAME}{suffix}")
        if file.exists():
            try:
                loaded = ctypes.CDLL(str(file))
                return loaded if loaded.version() == VERSION else None
            except (OSError, AttributeError):  # the first version had no function `version`
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
    if loaded.has_avx512():
        return tuple(MULTIPLES)
    return ("avx2", "sse2") if loaded.has_avx2() else ("sse2",)


@cache
def counting(name: str) -> Callable[..., int]:
    """Return a function of `COUNTING`."""
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


def _loaded() -> ctypes.CDLL:
    """Return the library."""
    loaded = library()
    if loaded is None:
        raise RuntimeError("the compiled recurrent kernel is not installed")
    return loaded
