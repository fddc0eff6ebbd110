"""The base of all data sets: from reviews to batches, by split, text encoder and cache."""

import logging
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor

from reviewlab.data.batch import Batch
from reviewlab.data.cache import Encoded, digest, open_or_build
from reviewlab.data.corpus import Corpus
from reviewlab.data.encoding import encode_splits
from reviewlab.data.features import serve_features
from reviewlab.data.loader import BatchLoader
from reviewlab.data.reading import read_and_split
from reviewlab.data.reviews import Classes, Facts, Label, Reviews, refuse_large_batch
from reviewlab.data.sampler import EpochSampler
from reviewlab.data.splits import Split, SplitOption, hold_out, stratified
from reviewlab.exceptions import InputError
from reviewlab.ranges import Fraction, PositiveInt
from reviewlab.text.encoder import TextEncoder

log = logging.getLogger(__name__)

FitOn = Literal["train", "source"]


@dataclass(kw_only=True, eq=False)
class ReviewDataModule(LightningDataModule):
    """Read reviews, split them, encode them once and serve them in batches.

    The fields are the options that all data sets share. A subclass is a dataclass too: it adds its
    own options as fields, and repeats one of these only to give it another default. It names its
    classes in `label_names` and reads its reviews in `read` and `fingerprint`. If its split is not
    simply a stratified validation share, it also overrides `split_reviews` or `_draw`, and lists in
    `split_options` everything that these and `read` depend on.

    Args:
        text: the text encoder, not yet fitted.
        batch_size: reviews per training step, over all devices together; None for all of them.
        eval_batch_size: reviews per validation or test step, over all devices together.
        validation: the share of the training reviews that is held out; 0 trains on everything.
        split_seed: draws the split, which `seed` then never changes; None draws it by `seed`, so
            that each seed of a sweep holds out other reviews.
        fit_on: learn the vocabulary from the training split, or all training reviews of the source.
        bucket_by_length: build batches of reviews of similar length.
        balanced: draw the classes equally often.
        seed: draws the order of the training reviews.
        cache_dir: the folder of encoded reviews; else $REVIEWLAB_CACHE or ~/.cache/reviewlab.
        encoding: of the source's text files; None for UTF-8, or UTF-16 where a file shows it.
    """

    text: TextEncoder = field(kw_only=False)
    batch_size: PositiveInt | None = 64
    eval_batch_size: PositiveInt = 500
    validation: Fraction = 0.2
    split_seed: int | None = 42
    fit_on: FitOn = "train"
    bucket_by_length: bool = False
    balanced: bool = False
    seed: int = 0
    cache_dir: str | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self._corpora: dict[str, Corpus] = {}
        self._fitted = False

    @property
    @abstractmethod
    def label_names(self) -> Sequence[Label] | None:
        """Names of the classes in order; None where they are found in the source."""

    @property
    def classes(self) -> Classes:
        """The classes of the reviews; a label is an index into their names."""
        return Classes(tuple(map(str, self.label_names or ())))

    def use_classes(self, names: Sequence[str]) -> None:
        """Read labels as those of a checkpoint; other classes, or another order, are refused."""
        self.classes.require(names)

    @abstractmethod
    def fingerprint(self) -> str:
        """Digest the content of the source; the same wherever its files are."""

    @abstractmethod
    def read(self) -> dict[str, Reviews]:
        """Read all labelled reviews: `train`, and `test` where the source has an official one.

        Facts worth reporting (dropped rows) go to `self.notes`, here and in `split_reviews`.
        """

    @property
    def train_batch_size(self) -> int:
        """Count the reviews of a training step, on all devices together."""
        return self.batch_size or len(self.corpus("train"))

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Split into `train`, `validation` (unless its share is 0) and `test` (if there is one)."""
        held_out = hold_out("validation", self.validation, reviews["train"], self._draw)
        return {**held_out, **{name: part for name, part in reviews.items() if name != "train"}}

    def split_options(self) -> dict[str, SplitOption]:
        """Return what decides which split a review is in, as JSON types, for the cache's key."""
        return {"validation": self.validation, "split_seed": self._draw_seed}

    def use_text_encoder(self, encoder: TextEncoder) -> None:
        """Encode with a fitted encoder (a checkpoint's) instead of fitting one."""
        self.text = encoder
        self._fitted = True
        self._corpora = {}

    def prepare(self) -> None:
        """Open the encoded reviews, or read, split and encode them; idempotent.

        Raises:
            InputError: the source cannot be read, or holds too few reviews.
        """
        if self._corpora:
            return
        encoded = open_or_build(self.cache_dir, self.cache_key(), self._build)
        if not self._fitted:
            self.text.restore(encoded.learned)
        self.notes = encoded.notes
        self._corpora = encoded.corpora
        if not self._fitted:
            refuse_large_batch(self.train_batch_size, len(self.corpus("train")))

    def use_features(self, key: str, compute: Callable[[Batch], Tensor]) -> None:
        """Serve with training and validation reviews what `compute` gives, as `serve_features`."""
        corpora = {name: part for name, part in self._corpora.items() if name != "test"}
        entry = digest({"features": key, "reviews": self.cache_key()})
        serve_features(self.cache_dir, entry, corpora, self.text, compute)

    def setup(self, stage: str | None = None) -> None:
        """Lightning's hook, in every process."""
        self.prepare()

    def corpus(self, split: str) -> Corpus:
        """Return the encoded reviews of `train`, `validation` or `test`."""
        return self._corpora[split]

    def read_split(self, split: str) -> Reviews:
        """Read the source again for the reviews behind `corpus(split)`, in its order."""
        notes, self.notes = self.notes, []
        try:
            return self.split_reviews(self.read())[split]
        finally:
            self.notes = notes

    def has(self, split: str) -> bool:
        """Tell if there is such a split."""
        return split in self._corpora

    def facts(self) -> Facts:
        """Return what a classifier has to know of the data."""
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
        """Return the training reviews in an order that changes with each epoch.

        In a batch of all they stay as they are: another rounding would lead a line search astray.
        """
        corpus = self.corpus("train")
        sampler = EpochSampler(
            len(corpus),
            self.seed,
            lengths=corpus.lengths_read(self.text) if self.bucket_by_length else None,
            labels=corpus.labels if self.balanced else None,
            batch_size=self.train_batch_size,
            shuffle=self.batch_size is not None,
        )
        return self._loader("train", self.train_batch_size, sampler)

    def val_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the held-out reviews in order; nothing where there are none."""
        held_out = self.has("validation")
        return self._loader("validation", self.eval_batch_size, None) if held_out else []

    def test_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the test reviews in order; nothing where there is no test set."""
        return self._loader("test", self.eval_batch_size, None) if self.has("test") else []

    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        """Move a batch; on the CPU it is there already, and Lightning's search through it costs."""
        return batch if device.type == "cpu" else batch.to(device)

    @property
    def _draw_seed(self) -> int:
        return self.seed if self.split_seed is None else self.split_seed

    def _draw(self, reviews: Reviews, share: float) -> Split:
        return stratified(reviews.labels, share, self._draw_seed)

    def _loader(self, split: str, batch_size: int, sampler: EpochSampler | None) -> BatchLoader:
        rank, world_size = 0, 1
        if self.trainer is not None:
            rank, world_size = self.trainer.global_rank, self.trainer.world_size
        if sampler is not None and batch_size % world_size:
            # The ranks' mean gradients are averaged, which is the batch's only for equal shares.
            raise InputError(
                f"data.batch_size: {batch_size} cannot be shared equally among {world_size} devices"
            )
        return BatchLoader(self.corpus(split), self.text, batch_size, sampler, rank, world_size)

    def cache_key(self) -> str:
        """Digest all that decides how the reviews are split and encoded."""
        fit = {"learned": self.text.learned()} if self._fitted else {"fit_on": self.fit_on}
        return digest(
            {
                "data": type(self).__name__,
                "source": self.fingerprint(),
                "split": self.split_options(),
                "text": self.text.fingerprint_options(),
                **fit,
            },
            type(self),
            type(self.text),
        )

    def _build(self, folder: Path) -> Encoded:
        """Read, split, fit and encode into files in `folder`."""
        begin = time.perf_counter()
        read = read_and_split(self)
        if not self._fitted:
            self.text.fit(read.texts_to_fit)
        encoded = encode_splits(folder, read.splits, self.text)
        count = sum(len(reviews.labels) for reviews in read.splits.values())
        log.info("encoded %d reviews in %.1f s", count, time.perf_counter() - begin)
        return encoded._replace(notes=[*self.notes, *encoded.notes])
