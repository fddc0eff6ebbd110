"""Films of IMDB's reviews: a film has up to 30 of them, which mostly stand side by side."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from reviewlab.data.splits import Indices, Split

BLOCK = 100
"""Neighbouring reviews that stay together where no film is named: three films or more, so that
few of them lie on an edge."""


class Place(NamedTuple):
    """The place of a review in `aclImdb/`: `train/neg/123_4.txt` is number 123 there."""

    split: str
    label: str
    file: str

    @property
    def number(self) -> int:
        """The number of the review, which is also its line in `urls_<label>.txt`."""
        return int(self.file.partition("_")[0])


def films_of(places: Sequence[Place], urls: Mapping[tuple[str, str], bytes]) -> Indices | None:
    """Number the films that reviews are about.

    Args:
        places: of the reviews, all of one split.
        urls: the content of `urls_<label>.txt` by split and label: a line for each review with the
            page of its film.

    Returns:
        int64 `[reviews]`, or None where a review has no line.
    """
    pages = {place: content.split() for place, content in urls.items()}
    numbers: dict[bytes, int] = {}
    films = []
    for place in places:
        own = pages.get((place.split, place.label), [])
        if not place.file.partition("_")[0].isdecimal() or place.number >= len(own):
            return None
        films.append(numbers.setdefault(own[place.number], len(numbers)))
    return np.array(films, np.int64)


def blocks_of(labels: Indices) -> Indices:
    """Number blocks of `BLOCK` neighbouring reviews of one class."""
    blocks = np.zeros(len(labels), np.int64)
    first = 0
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        blocks[own] = first + np.arange(len(own)) // BLOCK
        first = int(blocks[own[-1]]) + 1
    return blocks


def beside_training(labels: Indices, split: Split) -> float:
    """Measure the share of held-out reviews that stand beside a training review of their class.

    Args:
        labels: in the order of the source.
        split: the training reviews and the held-out ones.
    """
    rest, part = split
    trained = np.full(len(labels) + 2, -1)
    trained[rest + 1] = labels[rest]
    own = labels[part]
    return float(np.mean((trained[part] == own) | (trained[part + 2] == own)))
