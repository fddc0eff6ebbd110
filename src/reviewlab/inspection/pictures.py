"""Convert figures to the arrays that TensorBoard accepts.

Figures use matplotlib's object-oriented interface, since `pyplot` has global state and may open a
display.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

import numpy as np
from matplotlib import get_data_path, rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import ImageFont

Picture = NDArray[np.uint8]
"""An RGB image `[height, width, 3]`."""

# Margins and the title's position are fixed: to find them, matplotlib would measure all axes again.
STYLE: Any = {
    "figure.subplot.left": 0.15,
    "figure.subplot.right": 0.96,
    "figure.subplot.bottom": 0.13,
    "figure.subplot.top": 0.92,
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "text.parse_math": False,  # a dollar sign in a review does not begin a formula
}


@contextmanager
def drawing() -> Iterator[None]:
    """Within this block, apply the common style of all pictures and turn garbage collection off.

    A figure consists of so many objects that drawing it would start Python's garbage collection,
    which searches everything that torch has loaded and takes as long as the drawing.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        with rc_context(STYLE), catch_warnings():
            filterwarnings("ignore", "Glyph .* missing")  # a box is drawn for an unknown character
            yield
    finally:
        if collects:
            gc.enable()


def picture(figure: Figure) -> Picture:
    """Draw a figure, and return its pixels."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Load one of matplotlib's DejaVu fonts: they cover many alphabets and are always installed."""
    return ImageFont.truetype(Path(get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)
