"""Reviews that the project writes itself: no file, no network, and a known best accuracy."""

import hashlib
import json
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from reviewlab.data.datamodule import FitOn, ReviewDataModule
from reviewlab.data.grammar import BAG_CEILING, BAYES_ACCURACY, write_reviews
from reviewlab.data.reviews import Reviews
from reviewlab.data.splits import hold_out
from reviewlab.ranges import Fraction, NonNegativeInt, PositiveInt
from reviewlab.text.encoder import TextEncoder

ReviewCount = Annotated[int, Ge(100), Le(100_000)]


class DemoDataModule(ReviewDataModule):
    """Short reviews of films and apps, 1 to 5 stars, by the grammar in `reviewlab.data.grammar`.

    Each star's share is .2. One review in ten carries a neighbouring star, so the best possible
    accuracy is .90; without the order of the words it is .628, since "not" and "but" decide what
    the others mean. No text, case and punctuation folded, stands twice, so none on two sides.
    Named stars are those of `NetflixDataModule`.

    Args:
        text: the text encoder, not yet fitted.
        reviews: how many to write, held-out ones included.
        grammar_seed: which ones; with the same, more reviews begin with those of fewer.
        test: share of the reviews held out for the test, of each star alike; 0 for none.
        validation: share of the others held out for validation, of each star alike; 0 for none.
        batch_size: reviews a training step, over all devices together.
        eval_batch_size: reviews a validation or test step, over all devices together.
        split_seed: draws the splits; None draws by `seed`.
        fit_on: the vocabulary comes from the training split, or from the validation split too.
        bucket_by_length: batches of reviews that are about equally long.
        balanced: draw the classes equally often.
        seed: draws the order of the training reviews.
        cache_dir: where encoded reviews are kept; else $REVIEWLAB_CACHE or ~/.cache/reviewlab.
    """

    label_names = ("1", "2", "3", "4", "5")

    def __init__(
        self,
        text: TextEncoder,
        reviews: ReviewCount = 6000,
        grammar_seed: NonNegativeInt = 0,
        test: Fraction = 0.2,
        validation: Fraction = 0.2,
        batch_size: PositiveInt = 32,
        eval_batch_size: PositiveInt = 500,
        split_seed: int | None = 42,
        fit_on: FitOn = "train",
        bucket_by_length: bool = False,
        balanced: bool = False,
        seed: int = 0,
        cache_dir: str | None = None,
    ) -> None:
        super().__init__(
            text=text,
            batch_size=batch_size,
            eval_batch_size=eval_batch_size,
            validation=validation,
            split_seed=split_seed,
            fit_on=fit_on,
            bucket_by_length=bucket_by_length,
            balanced=balanced,
            seed=seed,
            cache_dir=cache_dir,
        )
        self.reviews = reviews
        self.grammar_seed = grammar_seed
        self.test = test
        self._fingerprint: str | None = None

    def fingerprint(self) -> str:
        """A digest of the texts and stars, written for this and thrown away."""
        if self._fingerprint is None:
            written = json.dumps(write_reviews(self.reviews, self.grammar_seed))
            self._fingerprint = hashlib.sha256(written.encode()).hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, Any]:
        """Beside those of every data set: the share of the test."""
        return {**super().split_options(), "test": self.test}

    def read(self) -> dict[str, Reviews]:
        """`train`, from which the validation is still to be taken, and `test`."""
        texts, stars = write_reviews(self.reviews, self.grammar_seed)
        everything = Reviews(texts, np.array(stars, dtype=np.int64) - 1)
        self.notes.append(
            f"the best possible accuracy is {BAYES_ACCURACY}; without the order of the words"
            f" {BAG_CEILING}"
        )
        return hold_out("test", self.test, everything, self._draw)
