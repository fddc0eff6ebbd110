"""Draw many small grids of numbers, such as filters, side by side in one picture."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from reviewlab.inspection.pictures import Picture, font

WIDEST = 420
"""Pixels across one half of a picture; TensorBoard's cards are about twice as wide."""

GAP, LINE = 4, 18
"""Pixels between two tiles, and the height of a line of text."""

GROUND = 255


def signed_tiles(values: NDArray[np.float32]) -> Picture:
    """Draw grids `[count, height, width]`: red above 0, blue below, white at 0."""
    largest = float(np.abs(values).max()) or 1.0
    return _lay_out((values / largest + 1) / 2, "RdBu_r")


def tiles(values: NDArray[np.float32]) -> Picture:
    """Draw grids `[count, height, width]` of numbers from 0: the larger, the brighter."""
    return _lay_out(values / (float(values.max()) or 1.0), "viridis")


def side_by_side(title: str, pictures: Mapping[str, Picture]) -> Picture:
    """Put pictures of one height beside each other, each below its name.

    Args:
        title: the first line.
        pictures: the pictures, by name, from left to right.
    """
    wide = max(picture.shape[1] for picture in pictures.values()) + 4 * GAP
    high = max(picture.shape[0] for picture in pictures.values())
    image = Image.new("RGB", (wide * len(pictures), 2 * LINE + high), "white")
    draw, plain = ImageDraw.Draw(image), font("DejaVuSans", 11)
    draw.text((GAP, 2), title, "black", font("DejaVuSans-Bold", 12))
    for column, (name, picture) in enumerate(pictures.items()):
        draw.text((column * wide + GAP, LINE), name, "black", plain)
        image.paste(Image.fromarray(picture), (column * wide, 2 * LINE))
    return np.asarray(image)


def _lay_out(values: NDArray[Any], colours: str) -> Picture:
    """Draw grids of values from 0 to 1 in rows, enlarged as far as they fit.

    Args:
        values: `[count, height, width]`.
        colours: name of matplotlib's colour map.
    """
    count, height, width = values.shape
    columns = math.ceil(math.sqrt(count))
    zoom = max(1, (WIDEST // columns - GAP) // width)
    drawn = (colormaps[colours](values)[..., :3] * 255).astype(np.uint8)
    drawn = drawn.repeat(zoom, 1).repeat(zoom, 2)
    high, wide = height * zoom + GAP, width * zoom + GAP
    rows = math.ceil(count / columns)
    picture = np.full((rows * high, columns * wide, 3), GROUND, np.uint8)
    for number, tile in enumerate(drawn):
        y, x = number // columns * high, number % columns * wide
        picture[y : y + high - GAP, x : x + wide - GAP] = tile
    return picture
