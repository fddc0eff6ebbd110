"""Reads and splits a data set, as it is done before its reviews are encoded."""

from typing import TYPE_CHECKING, NamedTuple

from reviewlab.data.reviews import Reviews, missing_classes, refuse_too_few

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule


class ReadReviews(NamedTuple):
    """All reviews of a data set, before and after they were split.

    source: as they were read: `train`, from which held-out reviews are taken, and what was given.
    splits: `train`, `validation` and `test`, as far as there are such.
    texts_to_fit: from which a text encoder learns its vocabulary.
    """

    source: dict[str, Reviews]
    splits: dict[str, Reviews]
    texts_to_fit: list[str]


def read_and_split(data: "ReviewDataModule") -> ReadReviews:
    """Read all reviews and split them; `data.notes` are then those of this reading alone.

    Raises:
        InputError: the source cannot be read, or holds too few reviews.
    """
    data.notes = []
    source, names = data.read(), data.classes.names
    refuse_too_few(source["train"], names)
    splits = data.split_reviews(source)
    refuse_too_few(splits["train"], names)
    data.notes += missing_classes(splits["train"], names)
    fit_on = source if data.fit_on == "source" else splits
    return ReadReviews(source, splits, fit_on["train"].texts)
