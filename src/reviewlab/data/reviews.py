"""Reviews as they came from their source, and what is checked of them."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError

Label = str | int | float | bool
"""The value of a label, as a config or a source has it."""

SPLITS = ("train", "validation", "test")
"""All splits that a data set may have, in the order in which they are told."""

LEFT_OUT = -1
"""The label of a review that belongs to no class and is left out."""


EmptyRule = Literal["drop", "keep"]
"""Deals with reviews whose text is empty once it is cleaned."""


class Classes(NamedTuple):
    """The classes of a data set.

    names: a label is an index into them.
    ordinal: the distance between two classes means something, as it does for stars.
    """

    names: tuple[str, ...]
    ordinal: bool = True

    def require(self, names: Sequence[str]) -> None:
        """Refuse classes that are not those of a checkpoint, in its order."""
        if self.names != tuple(names):
            own, there = ", ".join(self.names), ", ".join(names)
            raise InputError(f"data: has the labels {own}; the checkpoint tells apart {there}")


class Reviews(NamedTuple):
    """Texts and their labels, in the order of the source.

    Attributes:
        texts: one string per review.
        labels: int64 `[reviews]`, each an index into the names of the data module's `classes`.
        groups: int64 `[reviews]`; reviews with the same number stay together in one split. None if
            the source has no groups.
        places: int64 `[reviews]`, index of each review in the source; None if these are all of its
            reviews, in order.
    """

    texts: list[str]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    places: NDArray[np.int64] | None = None

    def take(self, indices: NDArray[np.int64]) -> "Reviews":
        """Return the reviews at `indices`, in that order."""
        groups = None if self.groups is None else self.groups[indices]
        places = indices if self.places is None else self.places[indices]
        texts = [self.texts[i] for i in indices.tolist()]
        return Reviews(texts, self.labels[indices], groups, places)


def refuse_too_few(reviews: Reviews, label_names: Sequence[str]) -> None:
    """Raise InputError for fewer reviews than classes."""
    if len(reviews.labels) < len(label_names):
        raise InputError(
            f"data.source: {len(reviews.labels)} training reviews are fewer than the"
            f" {len(label_names)} classes"
        )


def refuse_large_batch(batch_size: int, reviews: int) -> None:
    """Raise InputError for a batch of more reviews than there are to train on."""
    if batch_size > reviews:
        raise InputError(
            f"data.batch_size: {batch_size} is more than the {reviews} training reviews;"
            " at most that many"
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
    ordinal: the distance between two classes means something, as it does for stars.
    """

    vocab_size: int
    num_classes: int
    class_counts: list[int]
    max_length: int | None
    ordinal: bool


def is_empty(text: str, clean: Callable[[str], str]) -> bool:
    """Tell if nothing of a text is left once it is cleaned; a letter always is."""
    return not any(map(str.isalpha, text)) and not clean(text).strip()


def drop_empty(
    split: str, reviews: Reviews, clean: Callable[[str], str]
) -> tuple[Reviews, list[str]]:
    """Drop the reviews whose text is empty once it is cleaned.

    Args:
        split: its name, for messages.
        reviews: of the split.
        clean: cleans a text.

    Returns:
        The other reviews, and a note on how many were dropped.

    Raises:
        InputError: no review is left.
    """
    has_text = [not is_empty(text, clean) for text in reviews.texts]
    dropped = len(has_text) - sum(has_text)
    if not dropped:
        return reviews, []
    if dropped == len(has_text):
        raise InputError(
            f"data.empty: 'drop' leaves no {split} review: the text of each of the {dropped} is"
            " empty after data.text.cleaning; keep, or clean less"
        )
    note = f"{split}: {dropped} reviews are empty after cleaning and dropped"
    return reviews.take(np.flatnonzero(has_text)), [note]
