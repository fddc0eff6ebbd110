"""Reviews that the project writes itself: no file, no network, and a known best accuracy."""

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
    """Short reviews of films and apps, 1 to 5 stars, by the grammar in `reviewlab.data.grammar`.

    Each star's share is .2. One review in ten carries a neighbouring star, so the best possible
    accuracy is .90; without the order of the words it is .628, since "not" and "but" decide what
    the others mean. No text, case and punctuation folded, stands twice, so none on two sides.
    Named stars are those of `NetflixDataModule`.

    Args:
        reviews: how many to write, held-out ones included.
        grammar_seed: draws the reviews; with one seed, a larger set begins with the smaller one.
        test: share of the reviews held out for the test, the same for each star; 0 for none.
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
                f"data.encoding: {self.encoding!r} goes with a file, and demo reviews are in none:"
                " leave it null"
            )

    def fingerprint(self) -> str:
        """Digest the texts and stars, which are written for this alone."""
        if self._fingerprint is None:
            written = json.dumps(write_reviews(self.reviews, self.grammar_seed))
            self._fingerprint = hashlib.sha256(written.encode()).hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, SplitOption]:
        """Add the share of the test to the options of every data set."""
        return {**super().split_options(), "test": self.test}

    def read(self) -> dict[str, Reviews]:
        """Write `train`, from which the validation is still to be taken, and `test`."""
        texts, stars = write_reviews(self.reviews, self.grammar_seed)
        everything = Reviews(texts, np.array(stars, dtype=np.int64) - 1)
        self.notes.append(
            f"the best possible accuracy is {BAYES_ACCURACY}; without the order of the words"
            f" {BAG_CEILING}"
        )
        return hold_out("test", self.test, everything, self._draw)
