"""Encode the reviews of each split into the files of a corpus."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.cache import Encoded, writing
from reviewlab.data.corpus import Corpus
from reviewlab.data.reading import read_and_split
from reviewlab.data.repetitions import number_texts
from reviewlab.data.reviews import Reviews
from reviewlab.text.encoder import TextEncoder

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule

log = logging.getLogger(__name__)

_REVIEWS_AT_A_TIME = 4096


def read_and_encode(data: "ReviewDataModule", folder: Path, fit: bool) -> Encoded:
    """Read, split and encode the reviews of a data set into files.

    Args:
        data: the data set.
        folder: a temporary folder in the cache.
        fit: fit the text encoder to the reviews first.

    Raises:
        InputError: the source cannot be read, or the folder cannot be written.
    """
    begin = time.perf_counter()
    read = read_and_split(data)
    if fit:
        data.text.fit(read.texts_to_fit)
    encoded = encode_splits(folder, read.splits, data.text)
    count = sum(len(reviews.labels) for reviews in read.splits.values())
    log.info("encoded %d reviews in %.1f s", count, time.perf_counter() - begin)
    return encoded._replace(notes=[*data.notes, *encoded.notes])


def encode_splits(folder: Path, splits: Mapping[str, Reviews], text: TextEncoder) -> Encoded:
    """Write the corpora of all splits.

    Args:
        folder: a temporary folder in the cache.
        splits: maps each split's name to its reviews.
        text: the fitted text encoder.

    Raises:
        InputError: the folder cannot be written.
    """
    sizes, notes = {}, []
    for name, reviews in splits.items():
        sizes[name], noticed = encode_split(folder, name, reviews, text)
        notes += noticed
    corpora = {name: Corpus.open(folder, name, sizes[name]) for name in splits}
    return Encoded(corpora, sizes, text.learned(), notes)


def encode_split(
    folder: Path, split: str, reviews: Reviews, text: TextEncoder
) -> tuple[dict[str, int], list[str]]:
    """Write the corpus of a split, a few thousand reviews at a time.

    Args:
        folder: a temporary folder in the cache.
        split: name of the split; the file names begin with it.
        reviews: the reviews of the split.
        text: the fitted text encoder.

    Returns:
        The number of values in each file, and notes about the reviews.

    Raises:
        InputError: the folder cannot be written.
    """
    unknown = 0

    def pieces() -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        nonlocal unknown
        for start in range(0, len(reviews.texts), _REVIEWS_AT_A_TIME):
            ids, offsets = text.encode(reviews.texts[start : start + _REVIEWS_AT_A_TIME])
            if text.oov_id is not None:
                unknown += int(np.count_nonzero(ids == text.oov_id))
            yield ids, offsets

    with writing(folder.parent):
        sizes = Corpus.write(
            folder,
            split,
            pieces(),
            reviews.labels,
            reviews.places,
            reviews.groups,
            _repeated(reviews.texts) if split == "validation" else None,
        )
    begins = 0 if text.start_id is None else len(reviews.texts)
    share = unknown / max(sizes["ids"] - begins, 1)
    notes = [f"{split}: {share:.1%} of the tokens are out of vocabulary"] if unknown else []
    return sizes, notes


def _repeated(texts: Sequence[str]) -> NDArray[np.int64] | None:
    """Return a number for each text; None if no two texts are the same."""
    numbers = number_texts(texts)
    return numbers if len(np.unique(numbers)) < len(numbers) else None
