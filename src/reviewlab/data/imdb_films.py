"""Films of the IMDB reviews: each has up to 30 reviews, most of which are next to each other."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from reviewlab.data.dealing import Indices
from reviewlab.data.splits import Split

BLOCK = 100
"""Number of neighbouring reviews that stay together if the films are unknown: three films or more,
so that few films are cut in two."""


class Place(NamedTuple):
    """The path of a review in `aclImdb/`: `train/neg/123_4.txt` has the number 123."""

    split: str
    label: str
    file: str

    @property
    def number(self) -> int:
        """Number of the review, which is also its line in `urls_<label>.txt`."""
        return int(self.file.partition("_")[0])


def films_of(places: Sequence[Place], urls: Mapping[tuple[str, str], bytes]) -> Indices | None:
    """Find the film that each review is about.

    Args:
        places: the paths of the reviews, all of one split.
        urls: maps a split and label to the content of `urls_<label>.txt`, in which each line is the
            address of one review's film page.

    Returns:
        The index of each review's film, int64 `[reviews]`; None if a review's film is not listed.
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
    """Assign each review to a block of `BLOCK` neighbouring reviews of one class."""
    blocks = np.zeros(len(labels), np.int64)
    first = 0
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        blocks[own] = first + np.arange(len(own)) // BLOCK
        first = int(blocks[own[-1]]) + 1
    return blocks


def beside_training(labels: Indices, split: Split) -> float:
    """Return the share of held-out reviews that are next to a training review of their class.

    Args:
        labels: labels of the reviews, in the order of the source.
        split: indices of the training reviews and of the held-out ones.
    """
    rest, part = split
    trained = np.full(len(labels) + 2, -1)
    trained[rest + 1] = labels[rest]
    own = labels[part]
    return float(np.mean((trained[part] == own) | (trained[part + 2] == own)))


def film_in_training(films: Indices, split: Split) -> float:
    """Return the share of held-out reviews whose film also has training reviews.

    Args:
        films: the index of each review's film, as from `films_of`.
        split: indices of the training reviews and of the held-out ones.
    """
    rest, part = split
    return float(np.mean(np.isin(films[part], films[rest])))
