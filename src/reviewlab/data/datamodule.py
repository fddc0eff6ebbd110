"""The base class of all data sets: read, split and encode reviews, and serve them in batches."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor
from typing_extensions import override

from reviewlab.data.batch import Batch
from reviewlab.data.cache import digest, open_or_build
from reviewlab.data.corpus import Corpus
from reviewlab.data.dealing import Indices
from reviewlab.data.encoding import read_and_encode
from reviewlab.data.features import serve_features
from reviewlab.data.folds import draw_fold, refuse_fold
from reviewlab.data.loader import BatchLoader, refuse_uneven_batch
from reviewlab.data.reviews import Classes, Facts, Label, Reviews, refuse_large_batch
from reviewlab.data.sampler import EpochSampler
from reviewlab.data.splits import Split, SplitOption, draw, hold_out
from reviewlab.ranges import FoldCount, Fraction, NonNegativeInt, PositiveInt
from reviewlab.text.encoder import TextEncoder

FitOn = Literal["train", "source"]


@dataclass(kw_only=True, eq=False)
class ReviewDataModule(LightningDataModule):
    """Reads reviews, splits them, encodes them once and serves them in batches.

    The fields are the options that all data sets share. A subclass is a dataclass that adds its own
    options as fields. It defines `label_names` (the classes), `read` (which returns the reviews)
    and `fingerprint` (a digest of the source). The validation reviews are a stratified sample; to
    choose them differently, the subclass overrides `_groups`, `_draw` or `split_reviews`. It adds
    to `split_options` every option that the splits depend on.

    Args:
        text: the text encoder, not yet fitted.
        batch_size: reviews per training step, over all devices; None for the whole training split.
        eval_batch_size: reviews per validation or test step, over all devices together.
        validation: share of the training reviews to hold out; 0 trains on all of them. It is not
            read if `folds` is given.
        folds: number of parts into which the reviews outside the test split are divided, to hold
            out one of them; None to hold out the share `validation`.
        fold: the part to hold out, from 0.
        split_seed: random seed of the split; None to hold out different reviews for each `seed`.
        fit_on: the reviews that the vocabulary is learned from: `train` for the training split
            only, `source` to add the validation reviews that are drawn from the training reviews.
        bucket_by_length: build batches of reviews of similar length.
        balanced: draw all classes equally often.
        seed: random seed for the order of the training reviews.
        cache_dir: folder for encoded reviews; None for $REVIEWLAB_CACHE or ~/.cache/reviewlab.
        encoding: encoding of the source's text files; None to detect UTF-8 and UTF-16.
    """

    text: TextEncoder = field(kw_only=False)
    batch_size: PositiveInt | None = 64
    eval_batch_size: PositiveInt = 500
    validation: Fraction = 0.2
    folds: FoldCount | None = None
    fold: NonNegativeInt | None = None
    split_seed: int | None = 42
    fit_on: FitOn = "train"
    bucket_by_length: bool = False
    balanced: bool = False
    seed: int = 0
    cache_dir: str | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        refuse_fold(self.folds, self.fold, self.split_seed)
        self.notes: list[str] = []
        self._corpora: dict[str, Corpus] = {}
        self._fitted = False

    @property
    @abstractmethod
    def label_names(self) -> Sequence[Label] | None:
        """Names of the classes, in order; None if they are read from the source."""

    @property
    def classes(self) -> Classes:
        """The classes of the reviews; a label is an index into their names."""
        return Classes(tuple(map(str, self.label_names or ())))

    def use_classes(self, names: Sequence[str]) -> None:
        """Use a checkpoint's classes; raise InputError if the data set has other classes."""
        self.classes.require(names)

    @abstractmethod
    def fingerprint(self) -> str:
        """Return a digest of the source's content, independent of where its files are."""

    @abstractmethod
    def read(self) -> dict[str, Reviews]:
        """Read all labelled reviews: `train`, and `test` if the source has an official test set.

        `read` and `split_reviews` add notable facts to `self.notes`, such as dropped rows.
        """

    @property
    def train_batch_size(self) -> int:
        """Number of reviews per training step, over all devices together."""
        return self.batch_size or len(self.corpus("train"))

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Split into `train`, `validation` (unless its share is 0) and `test` (if there is one)."""
        return reviews | self._hold_out_validation(reviews["train"])

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, as JSON types, for the cache key."""
        held_out = {"validation": self.validation}
        if self.folds is not None:
            held_out = {"folds": self.folds, "fold": self.fold or 0}
        return {**held_out, "split_seed": self._draw_seed}

    def use_text_encoder(self, encoder: TextEncoder) -> None:
        """Use a fitted encoder, such as a checkpoint's, instead of fitting a new one."""
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

    def setup(self, stage: str | None = None) -> None:
        """Prepare the data; Lightning calls this in every process."""
        self.prepare()

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
        names, ordinal = self.classes
        counts = np.bincount(self.corpus("train").labels, minlength=len(names))
        return {
            "vocab_size": self.text.vocab_size,
            "num_classes": len(names),
            "class_counts": counts.tolist(),
            "max_length": self.text.max_length,
            "ordinal": ordinal,
        }

    def train_dataloader(self) -> BatchLoader:
        """Return the training reviews, in a different order each epoch."""
        corpus = self.corpus("train")
        sampler = EpochSampler(
            len(corpus),
            self.seed,
            lengths=corpus.lengths_read(self.text) if self.bucket_by_length else None,
            labels=corpus.labels if self.balanced else None,
            batch_size=self.train_batch_size,
            shuffle=self.batch_size is not None,  # reordering a full batch misleads line search
        )
        return self._loader("train", self.train_batch_size, sampler)

    def val_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the held-out reviews in order; an empty list if there are none."""
        name = "validation"
        return self._loader(name, self.eval_batch_size, None) if self.has(name) else []

    def test_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the test reviews in order; an empty list if there are none."""
        return self._loader("test", self.eval_batch_size, None) if self.has("test") else []

    @override
    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        """Move a batch to a device without Lightning's slow search for the batch's tensors."""
        return batch if device.type == "cpu" else batch.to(device)

    @property
    def _draw_seed(self) -> int:
        return self.seed if self.split_seed is None else self.split_seed

    def _hold_out_validation(self, reviews: Reviews) -> dict[str, Reviews]:
        """Hold out a share of the reviews, or a fold of them, for validation."""
        share = self.validation if self.folds is None else 1 / self.folds
        return hold_out("validation", share, reviews, self._draw_validation)

    def _draw_validation(self, reviews: Reviews, share: float) -> Split:
        if self.folds is None:
            return self._draw(reviews, share)
        partition = (self._groups(reviews), self.folds, self.fold or 0, self._draw_seed)
        return draw_fold(reviews.labels, *partition)

    def _draw(self, reviews: Reviews, share: float) -> Split:
        return draw(reviews.labels, self._groups(reviews), share, self._draw_seed)

    def _groups(self, reviews: Reviews) -> Indices | None:
        """Return a number for each review's group, which stays in one split; None for no groups."""
        return None

    def _loader(self, split: str, batch_size: int, sampler: EpochSampler | None) -> BatchLoader:
        ranks = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        if sampler is not None:
            refuse_uneven_batch(batch_size, ranks[1])
        return BatchLoader(self.corpus(split), self.text, batch_size, sampler, *ranks)

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
