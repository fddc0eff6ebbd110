"""The base class of data sets of reviews: read, split and encode them."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from torch import Tensor
from typing_extensions import override

from reviewlab.data.batch import Batch
from reviewlab.data.cache import digest, open_or_build
from reviewlab.data.corpus import Corpus
from reviewlab.data.dealing import Indices
from reviewlab.data.encoding import read_and_encode
from reviewlab.data.features import serve_features
from reviewlab.data.loader import ReviewLoader
from reviewlab.data.module import DataModule
from reviewlab.data.reviews import Facts, Reviews, refuse_large_batch
from reviewlab.data.sampler import EpochSampler
from reviewlab.data.splits import Split, draw, hold_out
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder

FitOn = Literal["train", "source"]


@dataclass(kw_only=True, eq=False)
class ReviewDataModule(DataModule):
    """Reads reviews, splits them, encodes them once and serves them in batches.

    The fields are the options that all reviews share. A subclass is a dataclass that adds its own
    options as fields. It defines `label_names` (the classes), `read` (which returns the reviews)
    and `fingerprint` (a digest of the source). The validation reviews are a stratified sample; to
    choose them differently, the subclass overrides `_groups`, `_draw` or `split_reviews`. It adds
    to `split_options` every option that the splits depend on.

    Args:
        text: the text encoder, not yet fitted.
        fit_on: the reviews that the vocabulary is learned from: `train` for the training split
            only, `source` to add the validation reviews that are drawn from the training reviews.
        bucket_by_length: build batches of reviews of similar length.
        encoding: encoding of the source's text files; None to detect UTF-8 and UTF-16.
    """

    text: TextEncoder = field(kw_only=False)
    fit_on: FitOn = "train"
    bucket_by_length: bool = False
    encoding: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._corpora: dict[str, Corpus] = {}
        self._fitted = False

    @abstractmethod
    def read(self) -> dict[str, Reviews]:
        """Read all labelled reviews: `train`, and `test` if the source has an official test set.

        `read` and `split_reviews` add notable facts to `self.notes`, such as dropped rows.
        """

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Split into `train`, `validation` (unless its share is 0) and `test` (if there is one)."""
        return reviews | self._hold_out_validation(reviews["train"])

    @property
    def text_encoder(self) -> TextEncoder:
        """The text encoder."""
        return self.text

    def use_text_encoder(self, encoder: TextEncoder | None) -> None:
        """Use a fitted encoder, such as a checkpoint's, instead of fitting a new one."""
        if encoder is None:
            name = type(self).__name__
            raise InputError(f"data: {name} has texts, but the checkpoint reads images")
        self.text = encoder
        self._fitted = True
        self._corpora = {}

    def prepare(self) -> None:
        """Open the encoded reviews, or read, split and encode them; idempotent.

        Raises:
            InputError: the source cannot be read, or has too few reviews.
        """
        if self._corpora:
            return
        build = partial(read_and_encode, self, fit=not self._fitted)
        encoded = open_or_build(self.cache_dir, self.cache_key(), build)
        if not self._fitted:
            self.text.restore(encoded.learned)
        self.notes = encoded.notes
        self._corpora = encoded.corpora
        if not self._fitted:
            refuse_large_batch(self.train_batch_size, len(self.corpus("train")))

    def use_features(self, key: str, compute: Callable[[Batch], Tensor]) -> None:
        """Set the features of the training and validation reviews, from the cache or `compute`."""
        corpora = {name: part for name, part in self._corpora.items() if name != "test"}
        entry = digest({"features": key, "reviews": self.cache_key()})
        serve_features(self.cache_dir, entry, corpora, self.text, compute)

    def corpus(self, split: str) -> Corpus:
        """Return the encoded reviews of `train`, `validation` or `test`."""
        return self._corpora[split]

    def read_split(self, split: str) -> Reviews:
        """Read the texts and labels of a split from the source, in the order of `corpus(split)`."""
        notes, self.notes = self.notes, []
        try:
            return self.split_reviews(self.read())[split]
        finally:
            self.notes = notes

    def has(self, split: str) -> bool:
        """Test if the data set has this split."""
        return split in self._corpora

    def facts(self) -> Facts:
        """Return the properties of the data that a classifier needs, such as the class count."""
        return {
            "vocab_size": self.text.vocab_size,
            "num_classes": len(self.classes.names),
            "class_counts": self._class_counts(),
            "max_length": self.text.max_length,
            "ordinal": self.classes.ordinal,
        }

    @override
    def loader(
        self,
        split: str,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> ReviewLoader:
        """Return the batches of a split, truncated and padded as the text encoder specifies."""
        return ReviewLoader(self.corpus(split), self.text, batch_size, sampler, rank, world_size)

    @override
    def _sampler(self, lengths: Indices | None = None) -> EpochSampler:
        if self.bucket_by_length:
            lengths = self.corpus("train").lengths_read(self.text)
        return super()._sampler(lengths)

    def _hold_out_validation(self, reviews: Reviews) -> dict[str, Reviews]:
        """Hold out a share of the reviews, or a fold of them, for validation."""
        return hold_out("validation", self._validation_share, reviews, self._draw_validation)

    def _draw_validation(self, reviews: Reviews, share: float) -> Split:
        if self.folds is None:
            return self._draw(reviews, share)
        return self._draw_fold(reviews.labels, self._groups(reviews))

    def _draw(self, reviews: Reviews, share: float) -> Split:
        return draw(reviews.labels, self._groups(reviews), share, self._draw_seed)

    def _groups(self, reviews: Reviews) -> Indices | None:
        """Return a number for each review's group, which stays in one split; None for no groups."""
        return None

    def cache_key(self) -> str:
        """Return a digest of everything that determines how reviews are split and encoded."""
        fit = {"learned": self.text.learned()} if self._fitted else {"fit_on": self.fit_on}
        parts = {
            "data": type(self).__name__,
            "source": self.fingerprint(),
            "split": self.split_options(),
            "text": self.text.fingerprint_options(),
        }
        return digest({**parts, **fit}, type(self), type(self.text))


def as_reviews(data: DataModule) -> ReviewDataModule:
    """Return the same data if they are reviews; raise InputError if they are images."""
    if not isinstance(data, ReviewDataModule):
        name = type(data).__name__
        raise InputError(f"data: {name} has images; allowed here: data sets of texts")
    return data
