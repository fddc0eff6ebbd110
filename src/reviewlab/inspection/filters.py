"""Filters and feature maps as pictures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from reviewlab.inspection.pictures import Picture

ZOOM = 6
MOST_WORDS = 40


class FeatureMaps(NamedTuple):
    """One review on its way through the layers.

    words: the tokens that were read.
    vectors: `[time, embedding_size]`.
    answers: of each filter at each word, after ReLU, `[time, filters]`.
    """

    words: Sequence[str]
    vectors: Tensor
    answers: Tensor


def filters(weights: NDArray[np.float32]) -> Picture:
    """Filters `[filters, embedding, width]` side by side: red above 0, blue below."""
    largest = float(np.abs(weights).max()) or 1.0
    framed = np.pad(weights / largest, ((0, 0), (1, 1), (1, 1)), constant_values=np.nan)
    columns = max(1, int(np.ceil(np.sqrt(4 * len(framed)))))
    missing = -len(framed) % columns
    framed = np.concatenate([framed, np.full((missing, *framed.shape[1:]), np.nan)])
    rows = framed.reshape(-1, columns, *framed.shape[1:]).swapaxes(1, 2)
    wall = rows.reshape(rows.shape[0] * rows.shape[1], -1)
    colours = colormaps["RdBu_r"](np.kron((wall + 1) / 2, np.ones((ZOOM, ZOOM))))
    pixels: Picture = (colours[:, :, :3] * 255).astype(np.uint8)
    pixels[np.isnan(np.kron(wall, np.ones((ZOOM, ZOOM))))] = 255
    return pixels


def feature_map(maps: FeatureMaps) -> Figure:
    """Word vectors, the filters' answers, and the strongest of each over the review."""
    words = maps.words[:MOST_WORDS]
    figure = Figure((10, 8), layout="constrained")
    (above, corner), (below, beside) = figure.subplots(2, 2, width_ratios=[20, 1], sharex="col")
    for axes, layer, name in (
        (above, maps.vectors[:MOST_WORDS], "word vectors"),
        (below, maps.answers[:MOST_WORDS], "filters"),
        (beside, maps.answers.max(0).values[None], None),
    ):
        largest = float((maps.vectors if axes is above else maps.answers).abs().max()) or 1.0
        axes.imshow(layer.T.numpy(), cmap="RdBu_r", vmin=-largest, vmax=largest, aspect="auto")
        axes.set_ylabel(name)
    below.set_xticks(range(len(words)), words, rotation=90)
    beside.set_title("strongest", fontsize="small")
    beside.set(xticks=[], yticks=[])
    corner.axis("off")
    return figure
