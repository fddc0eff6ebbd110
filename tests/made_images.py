"""Images made for the purpose, in the four files of MNIST."""

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = {"train": "train", "test": "t10k"}


def as_idx(values: NDArray[np.uint8]) -> bytes:
    """Return the content of an IDX file of unsigned bytes."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return header + values.tobytes()


def digits(count: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Make noisy images of 28 x 28 pixels, each with a bright bar whose place is the label."""
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = random.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels.tolist(), strict=True):
        image[4:24, 2 * label + 4 : 2 * label + 7] += 180
    return images, labels


def write_mnist(folder: Path, train: int = 200, test: int = 50, packed: bool = True) -> Path:
    """Write the four files, gzipped or plain, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", train), ("test", test)):
        images, labels = digits(count, seed=count)
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{NAMES[split]}-{kind}-ubyte{'.gz' if packed else ''}"
            content = as_idx(values)
            path.write_bytes(gzip.compress(content) if packed else content)
    return folder
