"""Read and split the reviews of a data set, before they are encoded."""

from typing import TYPE_CHECKING, NamedTuple

from reviewlab.data.reviews import Reviews, missing_classes, refuse_too_few

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule


class ReadReviews(NamedTuple):
    """All reviews of a data set, before and after splitting.

    Attributes:
        source: the reviews as read, in the splits that the source has; all in `train` if it has
            none.
        splits: `train`, and `validation` and `test` if there are any.
        texts_to_fit: the texts that the text encoder learns its vocabulary from.
    """

    source: dict[str, Reviews]
    splits: dict[str, Reviews]
    texts_to_fit: list[str]


def read_and_split(data: "ReviewDataModule") -> ReadReviews:
    """Read all reviews and split them; replace `data.notes` with the notes made meanwhile.

    Raises:
        InputError: the source cannot be read, or has too few reviews.
    """
    data.notes = []
    source, names = data.read(), data.classes.names
    refuse_too_few(source["train"], names)
    splits = data.split_reviews(source)
    refuse_too_few(splits["train"], names)
    data.notes += missing_classes(splits["train"], names)
    fit_on = source if data.fit_on == "source" else splits
    return ReadReviews(source, splits, fit_on["train"].texts)
