"""MNIST: handwritten digits (LeCun, Cortes and Burges 1998), or another data set of its form."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np
from typing_extensions import override

from reviewlab.data.cache import cache_folder
from reviewlab.data.file_facts import recall
from reviewlab.data.hub import HUB_ID, recall_of_hub
from reviewlab.data.images import ImageCorpus, ImageLoader, Images
from reviewlab.data.mnist_files import CLASSES, FORMS, idx_files, read_files, read_hub
from reviewlab.data.module import DataModule
from reviewlab.data.reviews import Classes, refuse_large_batch
from reviewlab.data.sampler import EpochSampler
from reviewlab.data.splits import Split, hold_out, stratified
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder

DIGITS = tuple(map(str, range(CLASSES)))


class ImageFacts(TypedDict):
    """Arguments of models and objectives that are derived from the images.

    Attributes:
        image_size: height and width, in pixels.
        num_classes: number of classes.
        class_counts: number of training images of each class.
        ordinal: True if distances between classes are meaningful.
    """

    image_size: list[int]
    num_classes: int
    class_counts: list[int]
    ordinal: bool


class Source(NamedTuple):
    """Functions that read the images from one kind of source, and compute their digest."""

    read: Callable[[], dict[str, Images]]
    fingerprint: Callable[[], str]


@dataclass(kw_only=True, eq=False)
class MNISTDataModule(DataModule):
    """60,000 training images and the official 10,000 test images of the digits 0 to 9.

    The validation images are a stratified sample of the training images. A source with other
    numbers of images, such as Fashion-MNIST, is read as well; its classes are numbered.

    Args:
        source: the folder of the four IDX files, plain or gzipped, or a hub id. The digest of a
            data set on the hub is computed only once per cache folder.
    """

    inputs = "images"
    """The form in which a classifier reads these data."""
    label_names = DIGITS

    source: str = "ylecun/mnist"
    _splits: dict[str, ImageCorpus] = field(default_factory=dict, init=False)

    @property
    def classes(self) -> Classes:
        """The digits, which are names: a 1 is not closer to a 2 than to a 7."""
        return Classes(DIGITS, ordinal=False)

    @property
    def text_encoder(self) -> None:
        """None, since there are no texts."""
        return None

    def use_text_encoder(self, encoder: TextEncoder | None) -> None:
        """Refuse the text encoder of a checkpoint."""
        if encoder is not None:
            raise InputError("data: MNISTDataModule has images, but the checkpoint reads texts")

    def fingerprint(self) -> str:
        """Return a digest of the pixels and labels, which is the same for all kinds of sources."""
        return self._open().fingerprint()

    def prepare(self) -> None:
        """Read the images, and hold out the validation images; idempotent.

        Raises:
            InputError: the source cannot be read, or has too few images.
        """
        if self._splits:
            return
        images = self._open().read()
        share = self._validation_share
        images |= hold_out("validation", share, images["train"], self._draw)
        self._splits = {name: ImageCorpus(part) for name, part in images.items()}
        refuse_large_batch(self.train_batch_size, len(self.corpus("train")))

    def corpus(self, split: str) -> ImageCorpus:
        """Return the images of `train`, `validation` or `test`."""
        return self._splits[split]

    def has(self, split: str) -> bool:
        """Test if the data set has this split."""
        return split in self._splits

    def facts(self) -> ImageFacts:
        """Return the properties of the data that a classifier needs, such as the class count."""
        height, width = self.corpus("train").pixels.shape[1:]
        return {
            "image_size": [height, width],
            "num_classes": len(DIGITS),
            "class_counts": self._class_counts(),
            "ordinal": self.classes.ordinal,
        }

    @override
    def loader(
        self,
        split: str,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> ImageLoader:
        """Return the batches of a split."""
        return ImageLoader(self.corpus(split), batch_size, sampler, rank, world_size)

    def _draw(self, images: Images, share: float) -> Split:
        if self.folds is None:
            return stratified(images.labels, share, self._draw_seed)
        return self._draw_fold(images.labels, None)

    def _open(self) -> Source:
        path, cache = Path(self.source).expanduser(), cache_folder(self.cache_dir)
        if path.is_dir():
            files = idx_files(path)
            read = partial(read_files, files)
            paths = [file for pair in files.values() for file in pair]
            digest = partial(recall, "images", paths, lambda: _digest(read()), cache)
            return Source(read, digest)
        if path.exists() or not HUB_ID.fullmatch(self.source):
            problem = "is not allowed" if path.exists() else "does not exist"
            raise InputError(f"data.source: {self.source!r} {problem}; allowed: {FORMS}")
        read = partial(read_hub, self.source)
        digest = partial(recall_of_hub, self.source, "images", lambda: _digest(read()), cache)
        return Source(read, digest)


def _digest(splits: dict[str, Images]) -> str:
    content = hashlib.sha256()
    for name, images in splits.items():
        content.update(f"{name} {images.pixels.shape}".encode())
        content.update(np.ascontiguousarray(images.pixels).data)
        content.update(np.ascontiguousarray(images.labels, "<i8").data)
    return content.hexdigest()
