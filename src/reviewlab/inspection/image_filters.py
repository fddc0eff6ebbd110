"""Show a network that reads images: its filters and feature maps, untrained beside trained."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytorch_lightning as pl
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.inspector import (
    CallbackState,
    EpochInspector,
    evaluation_mode,
    held_out,
)
from reviewlab.inspection.tiles import side_by_side, signed_tiles, tiles
from reviewlab.nn.image import ImageConvolutionEncoder, feature_maps
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.2
"""Seconds that the first drawing is assumed to take."""

TITLES = ("untrained", "trained")


class ImageFilters(EpochInspector):
    """Draws each convolution's filters, and its outputs for one image, before and after training.

    An image of a layer has the untrained network on the left and the trained one on the right. A
    filter that reads several feature maps is drawn as its mean over these maps.

    Args:
        every_n_epochs: number of epochs between drawings; the end of training is drawn as well.
            None draws as often as 3 % of the training time allows.
    """

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self._untrained: dict[str, Tensor] = {}

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Return "images" if the model does not read any, otherwise None."""
        return None if isinstance(model.encoder, ImageConvolutionEncoder) else "images"

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Keep the untrained convolutions, unless the run is resumed."""
        super().on_train_start(trainer, pl_module)
        if self.writer is not None and trainer.global_step == 0:
            with self.budget.spend():
                layers = deepcopy(pl_module.encoder.convolutions).cpu()
                self._untrained = layers.state_dict()

    def state_dict(self) -> CallbackState:
        """Return the base class's state and the untrained convolutions."""
        return {**super().state_dict(), "untrained": self._untrained}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Restore the base class's state and the untrained convolutions."""
        super().load_state_dict(state_dict)
        self._untrained = state_dict.get("untrained", {})

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write an image of the filters and one of the feature maps for each convolution."""
        step, trained = trainer.global_step, model.encoder.convolutions
        untrained = deepcopy(trained)
        untrained.load_state_dict(self._untrained)
        batch = held_out(trainer).gather(np.zeros(1, np.int64))
        [image] = batch.inputs_on(model.device)
        label = model.label_names[int(batch.labels[0])]
        with evaluation_mode(model):
            maps = [feature_maps(layers, image) for layers in (untrained, trained)]
        writer.add_image("image/input", tiles(_array(image[0])), step, dataformats="HWC")
        for layer, pair in enumerate(zip(untrained, trained, strict=True)):
            filters = [signed_tiles(_array(one.weight.detach().mean(1))) for one in pair]
            outputs = [tiles(_array(own[layer][0])) for own in maps]
            number = layer + 1
            for tag, title, pictures in (
                ("filters", f"Layer {number}: filters", filters),
                ("feature_maps", f"Layer {number}: feature maps of an image of {label}", outputs),
            ):
                picture = side_by_side(title, dict(zip(TITLES, pictures, strict=True)))
                writer.add_image(f"image/{tag}_{number}", picture, step, dataformats="HWC")


def _array(values: Tensor) -> Any:
    return values.float().cpu().numpy()
