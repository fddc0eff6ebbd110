"""A convolutional network over small grey images."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder


class ImageConvolutionEncoder(Encoder):
    """Convolutions with ReLU, each followed by pooling, and one layer over all their outputs.

    The convolutions pad the image with zeros, so that only pooling, over 2 x 2 pixels, reduces its
    size.

    Args:
        image_size: height and width of the images.
        num_filters: number of filters of each convolution.
        kernel_size: height and width of a filter; odd, so that the padding is the same on all
            sides.
        hidden_size: width of the layer over all outputs of the last convolution.
        dropout: dropout rate after that layer.
    """

    def __init__(
        self,
        image_size: Sequence[int],
        num_filters: Sequence[int],
        kernel_size: int,
        hidden_size: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = [1, *num_filters]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, kernel_size, padding="same")
            for before, after in pairwise(sizes)
        )
        # A training step takes two thirds of the time (64 and 128 filters, one core, torch 2.13).
        self.convolutions.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        height, width = (side >> len(num_filters) for side in image_size)
        self.hidden = nn.Linear(num_filters[-1] * height * width, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.output_size = hidden_size

    def forward(self, images: Tensor) -> Tensor:
        """Return features `[batch, output_size]` for images `[batch, 1, height, width]`."""
        last = feature_maps(self.convolutions, images)[-1]
        features: Tensor = self.dropout(self.hidden(last.flatten(1)).relu())
        return features


def feature_maps(convolutions: Iterable[nn.Module], images: Tensor) -> list[Tensor]:
    """Return each convolution's output after pooling, `[batch, filters, height, width]`.

    Args:
        convolutions: the layers, in the order in which they are applied.
        images: `[batch, 1, height, width]`.
    """
    maps = [images.contiguous(memory_format=torch.channels_last)]
    for convolve in convolutions:
        # ReLU after the maximum gives the same result for a quarter of the work.
        maps.append(F.max_pool2d(convolve(maps[-1]), 2).relu())
    return maps[1:]
