"""Generated reviews: they need no file and no network, and their best accuracy is known."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.grammar import BAG_CEILING, BAYES_ACCURACY, write_reviews
from reviewlab.data.reviews import Reviews
from reviewlab.data.splits import SplitOption, hold_out
from reviewlab.exceptions import InputError
from reviewlab.ranges import Fraction, NonNegativeInt, PositiveInt

ReviewCount = Annotated[int, Ge(100), Le(100_000)]


@dataclass(kw_only=True, eq=False)
class DemoDataModule(ReviewDataModule):
    """Short reviews of films and apps with 1 to 5 stars, written by `reviewlab.data.grammar`.

    Each star rating makes up 0.2 of the reviews. One review in ten is labelled with a neighbouring
    rating, so the best possible accuracy is 0.90. For a model that ignores word order it is 0.628,
    since "not" and "but" decide what the other words mean. No text occurs twice, ignoring case and
    punctuation, so none is in two splits. The classes have the same names as in
    `NetflixDataModule`.

    Args:
        reviews: number of reviews to write, held-out ones included.
        grammar_seed: random seed for writing the reviews; with the same seed, a larger data set
            begins with the reviews of a smaller one.
        test: share of each class's reviews held out for the test; 0 for none.
        batch_size: reviews per training step, over all devices; None for the whole training split.
    """

    label_names = ("1", "2", "3", "4", "5")

    reviews: ReviewCount = 6000
    grammar_seed: NonNegativeInt = 0
    test: Fraction = 0.2
    batch_size: PositiveInt | None = 32
    _fingerprint: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.encoding is not None:
            raise InputError(
                f"data.encoding: {self.encoding!r} applies only to files, and data=demo reads"
                " none; allowed: null"
            )

    def fingerprint(self) -> str:
        """Write the reviews, and return a digest of their texts and stars."""
        if self._fingerprint is None:
            written = json.dumps(write_reviews(self.reviews, self.grammar_seed))
            self._fingerprint = hashlib.sha256(written.encode()).hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, including the share of the test set."""
        return {**super().split_options(), "test": self.test}

    def read(self) -> dict[str, Reviews]:
        """Write `train` and `test`; the validation split is drawn from `train` later."""
        texts, stars = write_reviews(self.reviews, self.grammar_seed)
        everything = Reviews(texts, np.array(stars, dtype=np.int64) - 1)
        self.notes.append(
            f"the best possible accuracy is {BAYES_ACCURACY}, "
            f"and {BAG_CEILING} if word order is ignored"
        )
        return hold_out("test", self.test, everything, self._draw)
