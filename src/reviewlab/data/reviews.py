"""Reviews as they came from their source, and what is checked of them."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError

Label = str | int | float | bool
"""The value of a label, as a config or a source has it."""


class Classes(NamedTuple):
    """The classes of a data set.

    names: a label is an index into them.
    ordinal: the distance between two classes means something, as it does for stars.
    """

    names: tuple[str, ...]
    ordinal: bool = True


class Reviews(NamedTuple):
    """Texts and their labels, in the order of the source.

    texts: one string per review.
    labels: int64 `[reviews]`, each an index into the data module's `label_names`.
    """

    texts: list[str]
    labels: NDArray[np.int64]

    def take(self, indices: NDArray[np.int64]) -> "Reviews":
        """Return the reviews at `indices`, in that order."""
        return Reviews([self.texts[i] for i in indices.tolist()], self.labels[indices])


def refuse_too_few(reviews: Reviews, label_names: Sequence[str]) -> None:
    """Raise InputError for fewer reviews than classes."""
    if len(reviews.labels) < len(label_names):
        raise InputError(
            f"data.source: {len(reviews.labels)} training reviews are fewer than the"
            f" {len(label_names)} classes"
        )


def missing_classes(reviews: Reviews, label_names: Sequence[str]) -> list[str]:
    """Write a note that names the classes without a training review; none if each has one."""
    counts = np.bincount(reviews.labels, minlength=len(label_names))
    missing = [name for name, count in zip(label_names, counts, strict=True) if count == 0]
    if not missing:
        return []
    return [f"train: no review is labelled {', '.join(missing)}"]


class Facts(TypedDict):
    """Arguments of models and objectives that follow from the data.

    vocab_size: the number of ids.
    num_classes: the number of labels.
    class_counts: of the training split, reviews of each class.
    max_length: tokens of a review that reach the model; None for all.
    """

    vocab_size: int
    num_classes: int
    class_counts: list[int]
    max_length: int | None
