"""Encodes the reviews of a split into the files of a corpus, and says what is odd about them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.cache import writing
from reviewlab.data.corpus import Corpus
from reviewlab.data.reviews import Reviews
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder

_REVIEWS_AT_A_TIME = 4096


def encode_split(
    folder: Path, split: str, reviews: Reviews, text: TextEncoder
) -> tuple[dict[str, int], list[str]]:
    """Write the corpus `split` into `folder`; how long each file is, and what is worth telling."""
    unknown = 0

    def pieces() -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        nonlocal unknown
        for start in range(0, len(reviews.texts), _REVIEWS_AT_A_TIME):
            ids, offsets = text.encode(reviews.texts[start : start + _REVIEWS_AT_A_TIME])
            if text.oov_id is not None:
                unknown += int(np.count_nonzero(ids == text.oov_id))
            yield ids, offsets

    with writing(folder.parent):
        sizes = Corpus.write(folder, split, pieces(), reviews.labels)
    begins = 0 if text.start_id is None else len(reviews.texts)
    share = unknown / max(sizes["ids"] - begins, 1)
    return sizes, [f"{split}: {share:.1%} of the tokens are out of vocabulary"] * bool(unknown)


def missing_classes(reviews: Reviews, label_names: Sequence[str]) -> list[str]:
    """A note that names the classes no training review has; none where each has one."""
    counts = np.bincount(reviews.labels, minlength=len(label_names))
    missing = [name for name, count in zip(label_names, counts, strict=True) if count == 0]
    return [f"train: no review is labelled {', '.join(missing)}"] * bool(missing)


def refuse_too_few(reviews: Reviews, label_names: Sequence[str]) -> None:
    """Raises InputError for fewer reviews than classes."""
    if len(reviews.labels) < len(label_names):
        raise InputError(
            f"data.source: {len(reviews.labels)} training reviews are fewer than the"
            f" {len(label_names)} classes"
        )
