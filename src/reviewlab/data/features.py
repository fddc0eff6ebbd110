"""Features of all reviews from an encoder that stays as it is: computed once, then mapped."""

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
"""One vector a review, `[reviews, size]`, in the order of its corpus."""

_TYPE = np.dtype("<f4")
_TOKENS_AT_A_TIME = 2**14


def serve_features(
    cache_dir: str | None,
    key: str,
    corpora: Mapping[str, Corpus],
    text: TextEncoder,
    compute: Callable[[Batch], Tensor],
) -> None:
    """Give corpora the features of their reviews, which are computed and kept where there are none.

    Args:
        cache_dir: the cache folder, as `cache_folder` takes it.
        key: names the reviews and what computes their features.
        corpora: the reviews, by split.
        text: its layout says how a batch is cut and filled.
        compute: gives the features `[batch, size]` of a batch, on the CPU.

    Raises:
        InputError: the cache cannot be written.
    """

    def read(folder: Path) -> dict[str, Features]:
        return {split: _map(folder, split, len(corpus)) for split, corpus in corpora.items()}

    def make(folder: Path) -> dict[str, Features]:
        began, reviews = time.perf_counter(), sum(map(len, corpora.values()))
        log.info("the encoder reads %d reviews, once for all heads", reviews)
        for split, corpus in corpora.items():
            with writing(folder.parent):
                _write(folder, split, corpus, text, compute)
        log.info("features of %d reviews in %.1f s", reviews, time.perf_counter() - began)
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
    """Compute the features of a split, reviews of one length together."""
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
    """Map the features of a split.

    Raises:
        ValueError: they are not those of so many reviews.
    """
    numbers = np.memmap(folder / f"{split}.features", _TYPE, "r").view(np.ndarray)
    if len(numbers) == 0 or len(numbers) % reviews:
        raise ValueError(f"{folder / split}: not the features of {reviews} reviews")
    return numbers.reshape(reviews, -1)
