"""Read MNIST from its four IDX files, or from the hub."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.hub import load_dataset
from reviewlab.data.idx import read_idx
from reviewlab.data.images import Images
from reviewlab.exceptions import InputError

FORMS = "a folder of the four IDX files, plain or .gz, or a hub id such as ylecun/mnist"
SIDE = 28
"""Height and width of an image, in pixels."""

CLASSES = 10
PREFIXES = {"train": "train", "test": "t10k"}
"""The beginning of the names of a split's files."""


def idx_files(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Find the files of images and labels of each split in a folder.

    Raises:
        InputError: a file is missing.
    """
    return {
        split: (_find(folder, f"{prefix}-images", 3), _find(folder, f"{prefix}-labels", 1))
        for split, prefix in PREFIXES.items()
    }


def read_files(files: Mapping[str, tuple[Path, Path]]) -> dict[str, Images]:
    """Read the images and labels of each split.

    Args:
        files: maps each split to its file of images and its file of labels.

    Raises:
        InputError: a file is damaged, or does not fit the other of its split.
    """
    splits = {}
    for split, (images, labels) in files.items():
        splits[split] = Images(read_idx(images, 3), read_idx(labels, 1).astype(np.int64))
        _refuse_unusual(splits[split], repr(str(images)), repr(str(labels)))
    return splits


def read_hub(source: str) -> dict[str, Images]:
    """Read the splits `train` and `test` of a data set on the hub.

    Raises:
        InputError: it cannot be downloaded, or has no images of MNIST's form.
    """
    remedy = "set data.source or REVIEWLAB_MNIST to a folder of the four IDX files"
    dataset = load_dataset(source, "data.source", remedy)
    splits = {}
    for split in PREFIXES:
        if split not in dataset or not {"image", "label"} <= {*dataset[split].column_names}:
            raise InputError(
                f"data.source: {source!r} has no split {split!r} with the columns image and label; "
                f"allowed: {FORMS}"
            )
        labels = np.asarray(dataset[split]["label"], np.int64)
        splits[split] = Images(_pixels(source, dataset[split]["image"]), labels)
        _refuse_unusual(splits[split], f"{split} of {source!r}", f"{split} of {source!r}")
    return splits


def _find(folder: Path, stem: str, dimensions: int) -> Path:
    name = f"{stem}-idx{dimensions}-ubyte"
    names = [name, f"{name}.gz", name.replace("-idx", ".idx"), f"{name.replace('-idx', '.idx')}.gz"]
    for path in (folder / name for name in names):
        if path.is_file():
            return path
    raise InputError(f"data.source: {str(folder)!r} has no {name} or {name}.gz; allowed: {FORMS}")


def _pixels(source: str, images: Any) -> NDArray[np.uint8]:
    try:
        return np.stack([np.asarray(image, np.uint8) for image in images])
    except (TypeError, ValueError) as error:
        raise InputError(
            f"data.source: {source!r} has images of different sizes, or none; allowed: {FORMS}"
        ) from error


def _refuse_unusual(images: Images, of_pixels: str, of_labels: str) -> None:
    """Refuse images and labels that do not fit each other, or that are not of MNIST's form.

    Args:
        images: the images and labels of a split.
        of_pixels: name of the source of the images, for messages.
        of_labels: name of the source of the labels.

    Raises:
        InputError: an image has another size, there are no images, there are more labels or fewer,
            or a label is not a class.
    """
    count, *sides = images.pixels.shape
    if sides != [SIDE, SIDE]:
        size = " x ".join(map(str, sides))
        raise InputError(
            f"data.source: {of_pixels} has images of {size}; allowed: {SIDE} x {SIDE}, in grey"
        )
    if count != len(images.labels) or count == 0:
        raise InputError(
            f"data.source: {of_pixels} has {count:,} images, but {of_labels} has "
            f"{len(images.labels):,} labels; allowed: one label for each image"
        )
    if not 0 <= images.labels.min() <= images.labels.max() < CLASSES:
        wrong = next(label for label in images.labels.tolist() if not 0 <= label < CLASSES)
        raise InputError(
            f"data.source: {of_labels} has the label {wrong}; allowed: 0 to {CLASSES - 1}"
        )
