"""The base class of all data sets: their splits, classes and loaders."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from pytorch_lightning import LightningDataModule
from typing_extensions import override

from reviewlab.data.batch import Batch
from reviewlab.data.dealing import Indices
from reviewlab.data.examples import Examples
from reviewlab.data.folds import draw_fold, refuse_fold
from reviewlab.data.loader import BatchLoader, refuse_uneven_batch
from reviewlab.data.reviews import Classes, Label
from reviewlab.data.sampler import EpochSampler
from reviewlab.data.splits import Split, SplitOption
from reviewlab.ranges import FoldCount, Fraction, NonNegativeInt, PositiveInt
from reviewlab.text.encoder import TextEncoder


@dataclass(kw_only=True, eq=False)
class DataModule(LightningDataModule):
    """Holds out examples for validation, and serves all splits in batches.

    The fields are the options that all data sets share. Reviews and images have a subclass each,
    which defines how a split is stored and gathered into batches.

    Args:
        batch_size: examples per training step, over all devices; None for the whole training split.
        eval_batch_size: examples per validation or test step, over all devices together.
        validation: share of the training examples to hold out; 0 trains on all of them. It is not
            read if `folds` is given.
        folds: number of parts into which the examples outside the test split are divided, to hold
            out one of them; None to hold out the share `validation`.
        fold: the part to hold out, from 0.
        split_seed: random seed of the split; None to hold out different examples for each `seed`.
        balanced: draw all classes equally often.
        seed: random seed for the order of the training examples.
        cache_dir: folder for prepared data; None for $REVIEWLAB_CACHE or ~/.cache/reviewlab.
    """

    batch_size: PositiveInt | None = 64
    eval_batch_size: PositiveInt = 500
    validation: Fraction = 0.2
    folds: FoldCount | None = None
    fold: NonNegativeInt | None = None
    split_seed: int | None = 42
    balanced: bool = False
    seed: int = 0
    cache_dir: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        refuse_fold(self.folds, self.fold, self.split_seed)
        self.notes: list[str] = []

    @property
    @abstractmethod
    def label_names(self) -> Sequence[Label] | None:
        """Names of the classes, in order; None if they are read from the source."""

    @property
    def classes(self) -> Classes:
        """The classes of the examples; a label is an index into their names."""
        return Classes(tuple(map(str, self.label_names or ())))

    def use_classes(self, names: Sequence[str]) -> None:
        """Use a checkpoint's classes; raise InputError if the data set has other classes."""
        self.classes.require(names)

    @property
    @abstractmethod
    def text_encoder(self) -> TextEncoder | None:
        """The text encoder, which checkpoints contain; None for images."""

    @abstractmethod
    def use_text_encoder(self, encoder: TextEncoder | None) -> None:
        """Encode texts with a checkpoint's fitted encoder; None is the encoder of images.

        Raises:
            InputError: the data are not what the checkpoint reads.
        """

    @abstractmethod
    def fingerprint(self) -> str:
        """Return a digest of the source's content, independent of where its files are."""

    @abstractmethod
    def prepare(self) -> None:
        """Read and split the examples; idempotent.

        Raises:
            InputError: the source cannot be read, or has too few examples.
        """

    @abstractmethod
    def corpus(self, split: str) -> Examples:
        """Return the examples of `train`, `validation` or `test`."""

    @abstractmethod
    def has(self, split: str) -> bool:
        """Test if the data set has this split."""

    @abstractmethod
    def facts(self) -> Mapping[str, object]:
        """Return the properties of the data that a classifier needs, such as the class count."""

    @abstractmethod
    def loader(
        self,
        split: str,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> BatchLoader:
        """Return the batches of a split.

        Args:
            split: name of the split.
            batch_size: examples per batch, over all ranks together.
            sampler: the order of the examples; None for the order of the split.
            rank: the rank whose share of each batch is gathered.
            world_size: number of ranks that share each batch.
        """

    @property
    def train_batch_size(self) -> int:
        """Number of examples per training step, over all devices together."""
        return self.batch_size or len(self.corpus("train"))

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, as JSON types, for the cache key."""
        held_out = {"validation": self.validation}
        if self.folds is not None:
            held_out = {"folds": self.folds, "fold": self.fold or 0}
        return {**held_out, "split_seed": self._draw_seed}

    def setup(self, stage: str | None = None) -> None:
        """Prepare the data; Lightning calls this in every process."""
        self.prepare()

    def train_dataloader(self) -> BatchLoader:
        """Return the training examples, in a different order each epoch."""
        size = self.train_batch_size
        ranks = self._ranks
        refuse_uneven_batch(size, ranks[1])
        return self.loader("train", size, self._sampler(), *ranks)

    def val_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the held-out examples in order; an empty list if there are none."""
        return self._eval_dataloader("validation")

    def test_dataloader(self) -> BatchLoader | list[BatchLoader]:
        """Return the test examples in order; an empty list if there are none."""
        return self._eval_dataloader("test")

    @override
    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        """Move a batch to a device without Lightning's slow search for the batch's tensors."""
        return batch if device.type == "cpu" else batch.to(device)

    @property
    def _draw_seed(self) -> int:
        return self.seed if self.split_seed is None else self.split_seed

    @property
    def _ranks(self) -> tuple[int, int]:
        return (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)

    @property
    def _validation_share(self) -> float:
        return self.validation if self.folds is None else 1 / self.folds

    def _sampler(self, lengths: Indices | None = None) -> EpochSampler:
        """Return the order of the training examples; `lengths` brings similar lengths together."""
        corpus = self.corpus("train")
        return EpochSampler(
            len(corpus),
            self.seed,
            lengths=lengths,
            labels=corpus.labels if self.balanced else None,
            batch_size=self.train_batch_size,
            shuffle=self.batch_size is not None,  # reordering a full batch misleads line search
        )

    def _eval_dataloader(self, split: str) -> BatchLoader | list[BatchLoader]:
        if not self.has(split):
            return []
        return self.loader(split, self.eval_batch_size, None, *self._ranks)

    def _draw_fold(self, labels: Indices, groups: Indices | None) -> Split:
        partition = self.folds or 1, self.fold or 0
        return draw_fold(labels, groups, *partition, self._draw_seed)

    def _class_counts(self) -> list[int]:
        counts = np.bincount(self.corpus("train").labels, minlength=len(self.classes.names))
        return [int(count) for count in counts]
