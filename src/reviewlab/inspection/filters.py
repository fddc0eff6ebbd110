"""Draw a convolution's filters and feature maps."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from reviewlab.inspection.pictures import Picture, font

ZOOM, LINE = 6, 18
"""The side of a weight's square and the height of a line of text, in pixels."""

HEAD, MIN_WIDTH = 4 * LINE, 320
"""The height of the title and the least width of the picture, in pixels."""

MOST_WORDS = 20
MARGINS = {"left": 0.12, "right": 0.89, "hspace": 0.12, "wspace": 0.08}
"""Margins of a feature map; measuring the labels would take half the drawing time."""


class FeatureMaps(NamedTuple):
    """The outputs of all layers for one review.

    Attributes:
        words: the tokens that were read.
        vectors: each token's word vector, `[time, embedding_size]`.
        responses: each filter's response at each word, after ReLU, `[time, filters]`.
        states: states `[time, hidden_size]` of the LSTM that reads the responses; None if the model
            uses the responses' maxima instead.
    """

    words: Sequence[str]
    vectors: Tensor
    responses: Tensor
    states: Tensor | None = None


def filters(weights: NDArray[np.float32], first: int = 0) -> Picture:
    """Draw filters `[filters, embedding, width]` side by side: red above 0, blue below.

    Args:
        weights: the filters' weights.
        first: number of the first filter, for the labels.
    """
    count, _, width = weights.shape
    largest = float(np.abs(weights).max()) or 1.0
    tiles = [_pixels(one / largest) for one in weights]
    height, breadth = tiles[0].shape[:2]
    high, wide = LINE + height + ZOOM, breadth + 2 * ZOOM
    columns = math.ceil(math.sqrt(4 * count))
    size = max(MIN_WIDTH, columns * wide), HEAD + math.ceil(count / columns) * high
    image = Image.new("RGB", size, "white")
    draw, plain = ImageDraw.Draw(image), font("DejaVuSans", 11)
    _draw_head(image, f"Filters {first} to {first + count - 1}, {width} words each", largest)
    for number, tile in enumerate(tiles):
        x, y = number % columns * wide, HEAD + number // columns * high
        draw.text((x + wide / 2, y), str(first + number), "black", plain, anchor="ma")
        x, y = x + ZOOM, y + LINE
        draw.rectangle((x - 1, y - 1, x + breadth, y + height), outline="lightgrey")
        image.paste(Image.fromarray(tile), (x, y))
    return np.asarray(image)


def _draw_head(image: Image.Image, title: str, largest: float) -> None:
    draw, plain = ImageDraw.Draw(image), font("DejaVuSans", 11)
    draw.text((ZOOM, 2), title, "black", font("DejaVuSans-Bold", 12))
    draw.text((ZOOM, LINE), "columns: words, rows: elements of their vectors", "black", plain)
    y, left, cells = 2 * LINE, 60, np.linspace(-1, 1, 21)
    draw.text((left - ZOOM, y), f"{-largest:.2g}", "black", plain, anchor="ra")
    draw.text((left + ZOOM * (len(cells) + 1), y), f"{largest:.2g}", "black", plain)
    image.paste(Image.fromarray(_pixels(cells[None])), (left, y + 4))


def _pixels(values: NDArray[Any]) -> Picture:
    """Return an image that shows values `[height, width]` from -1 to 1 as coloured squares."""
    colours: Picture = (colormaps["RdBu_r"]((values + 1) / 2)[:, :, :3] * 255).astype(np.uint8)
    return np.repeat(np.repeat(colours, ZOOM, 0), ZOOM, 1)


def feature_map(maps: FeatureMaps) -> Figure:
    """Draw word vectors, the filters' responses, and the LSTM's states or the responses' maxima."""
    words = maps.words[:MOST_WORDS]
    layers = [("word vectors", "element", maps.vectors)]
    layers.append(("filter responses, by first word", "filter", maps.responses))
    if maps.states is not None:
        layers.append(("LSTM states", "element", maps.states))
    height = 2.6 * len(layers) + 1.8
    margins = {**MARGINS, "bottom": 1.5 / height, "top": 1 - 0.3 / height}
    figure = Figure((5, height))
    axes = figure.subplots(len(layers), 3, width_ratios=[30, 1, 1], gridspec_kw=margins)
    for (where, maxima, scale), (title, name, layer) in zip(axes, layers, strict=True):
        _draw_layer(where, layer[:MOST_WORDS], float(layer.abs().max()), scale)
        where.set(title=title, ylabel=name, xticks=[])
        maxima.axis("off")
    axes[-1, 0].set_xticks(range(len(words)), words, rotation=90)
    if maps.states is None:
        _draw_maxima(axes[-1, 1], maps.responses)
    return figure


def _draw_maxima(axes: Axes, responses: Tensor) -> None:
    """Draw the maximum of each filter over the whole review."""
    axes.axis("on")
    _draw_layer(axes, responses.max(0).values[None], float(responses.max()))
    axes.set_xticks([0], ["maximum"], rotation=90)
    axes.set_yticks([])


def _draw_layer(axes: Axes, layer: Tensor, largest: float, bar: Axes | None = None) -> None:
    """Draw a layer's output as coloured cells, with time from left to right.

    Args:
        axes: the axes to draw in.
        layer: the layer's output, `[time, size]`.
        largest: the value that gets the strongest colour.
        bar: the axes for the colour scale; None draws no scale.
    """
    largest = largest or 1.0
    options: Any = {"vmin": -largest, "vmax": largest, "aspect": "auto", "interpolation": "nearest"}
    drawn = axes.imshow(layer.T.numpy(), cmap="RdBu_r", **options)
    if bar is not None:
        axes.figure.colorbar(drawn, bar)
