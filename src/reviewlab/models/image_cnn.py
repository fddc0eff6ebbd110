"""A small convolutional network that reads images."""

from typing import Annotated

from annotated_types import Len, MinLen

from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.image import ImageConvolutionEncoder
from reviewlab.nn.init import Scheme
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt

Sides = Annotated[list[PositiveInt], Len(2, 2)]
Filters = Annotated[list[PositiveInt], MinLen(1)]


class ImageCNNClassifier(ReviewClassifier):
    """Convolutions over an image, each followed by pooling, and a layer before the output.

    Args:
        objective: the loss, which sets the number of outputs.
        image_size: height and width of the images.
        num_filters: number of filters of each convolution.
        kernel_size: height and width of a filter, an odd number.
        hidden_size: width of the layer before the output.
        dropout: dropout rate after that layer.
        init: initialisation scheme of the weights.
    """

    inputs = "images"

    def __init__(
        self,
        objective: Objective,
        image_size: Sides,
        num_filters: Filters = [64, 128],  # noqa: B006 - read only
        kernel_size: PositiveInt = 3,
        hidden_size: PositiveInt = 100,
        dropout: Fraction = 0.3,
        init: Scheme = "keras",
    ) -> None:
        if kernel_size % 2 == 0:
            raise InputError(
                f"model.kernel_size: {kernel_size} is not allowed; allowed: an odd number, so that "
                "the padding is the same on all sides"
            )
        most = min(image_size).bit_length() - 1
        if len(num_filters) > most:
            height, width = image_size
            raise InputError(
                f"model.num_filters: {num_filters} has {len(num_filters)} convolutions, whose "
                f"pooling leaves nothing of {height} x {width} pixels; allowed: at most {most}"
            )
        encoder = ImageConvolutionEncoder(
            image_size, num_filters, kernel_size, hidden_size, dropout
        )
        super().__init__(encoder, objective, init)
        self.save_hyperparameters(ignore=["objective"])
