"""Features of all reviews from a frozen encoder: computed once, then memory-mapped."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from reviewlab.data.batch import Batch
from reviewlab.data.cache import open_or_make, writing
from reviewlab.data.corpus import Corpus
from reviewlab.text.encoder import TextEncoder

log = logging.getLogger(__name__)

Features = NDArray[np.float32]
"""One vector per review, `[reviews, size]`, in the order of the corpus."""

_TYPE = np.dtype("<f4")
_TOKENS_AT_A_TIME = 2**14


def serve_features(
    cache_dir: str | None,
    key: str,
    corpora: Mapping[str, Corpus],
    text: TextEncoder,
    compute: Callable[[Batch], Tensor],
) -> None:
    """Set the features of each corpus; read them from the cache if possible, or else compute them.

    Args:
        cache_dir: the cache folder, as for `cache_folder`.
        key: identifies the reviews and the encoder that computes their features.
        corpora: maps each split to its reviews.
        text: the text encoder, for truncation and padding.
        compute: function that returns a batch's features, `[batch, size]`, on the CPU.

    Raises:
        InputError: the cache cannot be written.
    """

    def read(folder: Path) -> dict[str, Features]:
        return {split: _map(folder, split, len(corpus)) for split, corpus in corpora.items()}

    def make(folder: Path) -> dict[str, Features]:
        began, reviews = time.perf_counter(), sum(map(len, corpora.values()))
        log.info("encoding %d reviews; later runs reuse the frozen encoder's features", reviews)
        for split, corpus in corpora.items():
            with writing(folder.parent):
                _write(folder, split, corpus, text, compute)
        log.info("computed features of %d reviews in %.1f s", reviews, time.perf_counter() - began)
        return read(folder)

    for split, features in open_or_make(cache_dir, key, read, make, "features").items():
        corpora[split].features = features


def _write(
    folder: Path,
    split: str,
    corpus: Corpus,
    text: TextEncoder,
    compute: Callable[[Batch], Tensor],
) -> None:
    """Compute the features of a split, in batches of similar length.

    Args:
        folder: the folder of the files.
        split: name of the split; the file name begins with it.
        corpus: the reviews of the split.
        text: the text encoder, for truncation and padding.
        compute: as for `serve_features`.
    """
    order = np.argsort(corpus.lengths, kind="stable")
    longest = int(corpus.lengths.max(initial=1))
    file: Features | None = None
    for rows in np.array_split(order, max(1, len(order) * longest // _TOKENS_AT_A_TIME)):
        features = compute(corpus.gather(rows, text)).numpy()
        if file is None:
            shape = (len(corpus), features.shape[1])
            file = np.memmap(folder / f"{split}.features", _TYPE, "w+", shape=shape)
        file[rows] = features


def _map(folder: Path, split: str, reviews: int) -> Features:
    """Memory-map the features of a split.

    Args:
        folder: the folder of the files.
        split: name of the split; the file name begins with it.
        reviews: number of the split's reviews.

    Raises:
        ValueError: the file's size does not fit this number of reviews.
    """
    numbers = np.memmap(folder / f"{split}.features", _TYPE, "r").view(np.ndarray)
    if len(numbers) == 0 or len(numbers) % reviews:
        raise ValueError(f"{folder / split}: does not hold the features of {reviews} reviews")
    return numbers.reshape(reviews, -1)
