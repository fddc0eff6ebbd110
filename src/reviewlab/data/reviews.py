"""Reviews as read from their source, and checks on them."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from reviewlab.console.text import count_of
from reviewlab.exceptions import InputError

Label = str | int | float | bool
"""The value of a label in a config or a source."""

SPLITS = ("train", "validation", "test")
"""All splits that a data set may have, in the order in which they are listed."""

LEFT_OUT = -1
"""The label of a review that belongs to no class and is left out."""


EmptyRule = Literal["drop", "keep"]
"""Treatment of reviews whose text is empty after cleaning."""


class Classes(NamedTuple):
    """The classes of a data set.

    Attributes:
        names: names of the classes; a label is an index into them.
        ordinal: True if distances between classes are meaningful, as for stars.
    """

    names: tuple[str, ...]
    ordinal: bool = True

    def require(self, names: Sequence[str]) -> None:
        """Raise InputError unless a checkpoint's `names` are these classes, in the same order."""
        if self.names != tuple(names):
            own, wanted = ", ".join(self.names), ", ".join(names)
            raise InputError(f"data: has the labels {own}; allowed: {wanted}, as in the checkpoint")


class Reviews(NamedTuple):
    """Texts and their labels, in the order of the source.

    Attributes:
        texts: one string per review.
        labels: int64 `[reviews]`, indices into the names of the data module's `classes`.
        groups: int64 `[reviews]`; reviews with the same number stay together in one split. None if
            the source has no groups.
        places: int64 `[reviews]`, index of each review in the source; None if these are all reviews
            of the source, in order.
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

    def join(self, other: "Reviews") -> "Reviews":
        """Return these reviews and those of another split, sorted by their place in the source."""
        groups, places = (
            None if own is None or more is None else np.concatenate([own, more])
            for own, more in ((self.groups, other.groups), (self.places, other.places))
        )
        labels = np.concatenate([self.labels, other.labels])
        joined = Reviews([*self.texts, *other.texts], labels, groups, places)
        return joined if places is None else joined.take(np.argsort(places))


def refuse_too_few(reviews: Reviews, label_names: Sequence[str]) -> None:
    """Raise InputError if there are fewer training reviews than classes."""
    if len(reviews.labels) < len(label_names):
        raise InputError(
            f"data.source: has {count_of(len(reviews.labels), 'training review')} for"
            f" {len(label_names)} classes; allowed: at least as many reviews as classes"
        )


def refuse_large_batch(batch_size: int, reviews: int) -> None:
    """Raise InputError if a batch is larger than the training split."""
    if batch_size > reviews:
        raise InputError(
            f"data.batch_size: {batch_size} is more than the {reviews} training reviews; allowed:"
            f" at most {reviews}"
        )


def missing_classes(reviews: Reviews, label_names: Sequence[str]) -> list[str]:
    """Return a list of one note on the classes without training reviews, or an empty list."""
    counts = np.bincount(reviews.labels, minlength=len(label_names))
    missing = [name for name, count in zip(label_names, counts, strict=True) if count == 0]
    if not missing:
        return []
    return [f"train: no review is labelled {', '.join(missing)}"]


class Facts(TypedDict):
    """Arguments of models and objectives that are derived from the data.

    Attributes:
        vocab_size: number of distinct token ids.
        num_classes: number of classes.
        class_counts: number of training reviews of each class.
        max_length: maximum number of tokens per review; None for no limit.
        ordinal: True if distances between classes are meaningful, as for stars.
    """

    vocab_size: int
    num_classes: int
    class_counts: list[int]
    max_length: int | None
    ordinal: bool


def is_empty(text: str, clean: Callable[[str], str]) -> bool:
    """Test if a text is empty after cleaning; a text that contains a letter never is."""
    return not any(map(str.isalpha, text)) and not clean(text).strip()


def drop_empty(
    split: str, reviews: Reviews, clean: Callable[[str], str]
) -> tuple[Reviews, list[str]]:
    """Drop the reviews whose text is empty after cleaning.

    Args:
        split: name of the split, for messages.
        reviews: the reviews of the split.
        clean: function that cleans a text.

    Returns:
        The remaining reviews, and a note on how many were dropped.

    Raises:
        InputError: no review is left.
    """
    has_text = [not is_empty(text, clean) for text in reviews.texts]
    dropped = len(has_text) - sum(has_text)
    if not dropped:
        return reviews, []
    if dropped == len(has_text):
        raise InputError(
            f"data.empty: 'drop' leaves no {split} reviews: all {dropped} texts are empty after"
            " data.text.cleaning; use data.empty=keep, or turn cleaning steps off"
        )
    verb = "is" if dropped == 1 else "are"
    note = f"{split}: {count_of(dropped, 'review')} {verb} empty after cleaning and dropped"
    return reviews.take(np.flatnonzero(has_text)), [note]
