"""Images with labels: the examples of one split, and batches gathered from them."""

from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.data.batch import Batch, Pixels
from reviewlab.data.examples import Examples
from reviewlab.data.loader import BatchLoader

WHITE = 255.0
"""The largest value of a pixel in a source."""


class Images(NamedTuple):
    """Images and their labels, in the order of the source.

    Attributes:
        pixels: uint8 `[images, height, width]`.
        labels: int64 `[images]`.
        places: int64 `[images]`, index of each image in the source; None for 0, 1, 2 and so on.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    places: NDArray[np.int64] | None = None

    def take(self, indices: NDArray[np.int64]) -> "Images":
        """Return the images at `indices`, in that order."""
        places = indices if self.places is None else self.places[indices]
        return Images(self.pixels[indices], self.labels[indices], places)


class ImageCorpus(Examples):
    """The images of one split.

    Args:
        images: the images, their labels and their places in the source.
    """

    def __init__(self, images: Images) -> None:
        super().__init__(images.labels, images.places)
        self.pixels = images.pixels


class ImageLoader(BatchLoader):
    """Gathers images as numbers from 0 (black) to 1 (white)."""

    corpus: ImageCorpus

    def gather(self, indices: NDArray[np.int64]) -> Batch:
        """Gather the images at `indices` into a batch."""
        pixels = torch.from_numpy(self.corpus.pixels[indices])
        images = pixels.unsqueeze(1).to(torch.float32).div_(WHITE)
        labels = torch.from_numpy(self.corpus.labels[indices])
        # a loader's batches have the inputs that the encoder of the same data reads
        return cast(Batch, Batch(Pixels(images), labels))
