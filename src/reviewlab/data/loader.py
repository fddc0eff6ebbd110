"""Batches of one split, in order or shuffled; an interrupted run resumes at the next batch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import SequentialSampler

from reviewlab.data.batch import Batch
from reviewlab.data.corpus import Corpus
from reviewlab.data.examples import Examples
from reviewlab.data.sampler import EpochSampler
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder

# Small batches are gathered ahead of use, up to this many examples at once. Each training step
# evicts the gathering code and its data from the CPU caches, so gathering small batches one by one
# takes more than twice as long.
_EXAMPLES_AHEAD = 512


class BatchLoader(ABC):
    """Divides an epoch's examples into batches, and gathers the batches on demand.

    Unlike a torch `DataLoader`, it has no worker processes: batches are gathered from memory-mapped
    files, small batches several at a time. No example is dropped; the last batch may be smaller.

    `batch_size` counts the examples of all ranks together. Each rank gathers its share of every
    batch; if it does not divide evenly, the first ranks get one example more. A last batch with
    fewer examples than ranks is merged with the one before, so that every rank has one.

    Lightning calls `loader.sampler.set_epoch` before each epoch, `state_dict` when it saves, and
    `load_state_dict` before the first batch of a resumed run.

    Args:
        corpus: the examples of one split.
        batch_size: examples per batch, over all ranks together.
        sampler: the order of the examples; None for the order of the corpus.
        rank: the rank whose share of each batch is gathered.
        world_size: number of ranks that share each batch.

    Raises:
        InputError: there are not enough examples for every rank.
    """

    batch_sampler = None  # Lightning looks for it on every loader with a `sampler`

    def __init__(
        self,
        corpus: Examples,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if min(batch_size, len(corpus)) < world_size:
            key = "data.eval_batch_size" if sampler is None else "data.batch_size"
            raise InputError(
                f"{key}: batches of {batch_size} from {len(corpus)} examples cannot be divided "
                f"among {world_size} devices; each device needs at least one example"
            )
        self.corpus = corpus
        self.batch_size = batch_size
        # Lightning warns if an evaluation loader may shuffle; it trusts torch's class not to.
        self.sampler = SequentialSampler(corpus) if sampler is None else sampler
        self.rank = rank
        self.world_size = world_size
        self._batch = 0
        self._resume: tuple[int, int] | None = None

    @abstractmethod
    def gather(self, indices: NDArray[np.int64]) -> Batch:
        """Gather the examples at `indices` into a batch."""

    def __len__(self) -> int:
        full, rest = divmod(len(self.corpus), self.batch_size)
        return full + (rest >= self.world_size)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of the current epoch; after `load_state_dict`, the remaining ones."""
        # A generator: nothing here runs before the first batch is needed. Lightning creates
        # iterators that it never uses, and sets the epoch after it has created the one it does use.
        size = len(self.corpus)
        order = self.sampler.order() if isinstance(self.sampler, EpochSampler) else np.arange(size)
        remaining = range(self._first(), len(self))
        ahead = max(1, _EXAMPLES_AHEAD // self.batch_size)
        for numbers in (remaining[i : i + ahead] for i in range(0, len(remaining), ahead)):
            batches = [self._gather(order, number) for number in numbers]
            for number, batch in zip(numbers, batches, strict=True):
                self._batch = number + 1
                yield batch

    def state_dict(self) -> dict[str, int]:
        """Return the epoch, and how many of its batches have been yielded."""
        return {"epoch": self._epoch, "batch": self._batch}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continue the saved epoch after the batches it had yielded; other epochs start at 0."""
        self._resume = (state["epoch"], state["batch"])
        self._batch = state["batch"]

    @property
    def _epoch(self) -> int:
        return self.sampler.epoch if isinstance(self.sampler, EpochSampler) else 0

    def _first(self) -> int:
        epoch, batch = self._resume or (self._epoch, 0)
        self._resume = None
        return batch if epoch == self._epoch else 0

    def _gather(self, order: NDArray[np.int64], number: int) -> Batch:
        begin = number * self.batch_size
        end = len(order) if number == len(self) - 1 else begin + self.batch_size
        if self.world_size == 1:
            return self.gather(order[begin:end])
        own = np.array_split(order[begin:end], self.world_size)[self.rank]
        share = len(own) * self.world_size / (end - begin)
        return self.gather(own)._replace(share=share)


class ReviewLoader(BatchLoader):
    """Gathers reviews, truncated and padded as a text encoder specifies.

    Args:
        corpus: the reviews of one split.
        text: the text encoder.
        batch_size: reviews per batch, over all ranks together.
        sampler: the order of the reviews; None for the order of the corpus.
        rank: the rank whose share of each batch is gathered.
        world_size: number of ranks that share each batch.
    """

    corpus: Corpus

    def __init__(
        self,
        corpus: Corpus,
        text: TextEncoder,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        super().__init__(corpus, batch_size, sampler, rank, world_size)
        self.text = text

    def gather(self, indices: NDArray[np.int64]) -> Batch:
        """Gather the reviews at `indices` into a batch."""
        return self.corpus.gather(indices, self.text)


def refuse_uneven_batch(batch_size: int, world_size: int) -> None:
    """Raise InputError if training batches cannot be divided evenly among the ranks.

    The ranks' mean gradient is the gradient of the batch only if their shares are equal.
    """
    if batch_size % world_size:
        raise InputError(
            f"data.batch_size: {batch_size} cannot be divided evenly among {world_size} devices;"
            f" allowed: a multiple of {world_size}"
        )
