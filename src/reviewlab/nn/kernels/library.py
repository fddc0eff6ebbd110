"""The compiled library: where it is, what this processor runs of it, and its functions."""

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import torch

NAME = "_recurrence"
TYPES = {torch.float32: "f32", torch.float64: "f64"}
"""The types that the kernel computes in, and their names in its functions."""

NUMBER, ADDRESS = ctypes.c_int64, ctypes.c_void_p
ARGUMENTS: dict[str, list[Any]] = {
    "forward": [ADDRESS, NUMBER, *[ADDRESS] * 6],
    "backward": [ADDRESS, NUMBER, *[ADDRESS] * 6],
    "lookup": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 3],
    "lookup_gradient": [ADDRESS, NUMBER, *[ADDRESS] * 3],
    "scatter": [ADDRESS, NUMBER, *[ADDRESS] * 2],
}
"""The arguments of each function; for a cell's by its direction."""


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
    """Return the vector widths that this processor runs, the widest first.

    They differ in rounding, so that a result depends on the width.
    """
    loaded = library()
    if loaded is None:
        return ()
    return ("avx2", "sse2") if loaded.has_avx2() else ("sse2",)


@cache
def function(name: str, dtype: torch.dtype, variant: str) -> Callable[..., int]:
    """Return a function of the library.

    Args:
        name: such as `lstm_forward` or `lookup`.
        dtype: the type of its matrices.
        variant: the vector width; `rows` for those that move rows only.

    Raises:
        RuntimeError: the library is missing.
    """
    loaded = library()
    if loaded is None:
        raise RuntimeError("the compiled recurrent kernel is not installed")
    found = loaded[f"{name}_{TYPES[dtype]}_{variant}"]
    found.argtypes = ARGUMENTS[name if name in ARGUMENTS else name.rpartition("_")[2]]
    found.restype = NUMBER if name == "lookup" else None
    return found
