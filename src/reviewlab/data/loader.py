"""Batches of one split, in order or shuffled, that a killed run can take up where it stopped."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import SequentialSampler

from reviewlab.data.batch import Batch
from reviewlab.data.corpus import Corpus
from reviewlab.data.sampler import EpochSampler
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import TextEncoder

# Reviews gathered in a row where a batch has fewer. A training step pushes the code and the tables
# of gathering out of the processor's caches: a small batch alone takes more than twice as long.
_GATHERED_IN_A_ROW = 512


class BatchLoader:
    """Cuts the order of an epoch into batches and gathers each when it is asked for.

    It is not a torch `DataLoader`: a batch is one gather out of the memory map, in this process;
    of small batches a few are gathered ahead. Every review is seen; the last batch may be smaller.

    `batch_size` is that of all ranks together: each rank gathers its share of every batch, the
    first ranks one review more where it does not divide. So that no rank is left without a review,
    a last batch with fewer reviews than ranks joins the one before.

    Lightning calls `loader.sampler.set_epoch` before each epoch, asks `state_dict` when it saves,
    and hands it back before the first batch of a resumed run.

    Args:
        corpus: the reviews of one split.
        text: its layout says how a batch is cut and filled.
        batch_size: reviews of a batch, all ranks together.
        sampler: the order; None for that of the corpus.
        rank: which share of a batch is gathered here.
        world_size: among how many each batch is shared.
    """

    batch_sampler = None  # Lightning looks for one behind every `sampler`

    def __init__(
        self,
        corpus: Corpus,
        text: TextEncoder,
        batch_size: int,
        sampler: EpochSampler | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if min(batch_size, len(corpus)) < world_size:
            key = "data.eval_batch_size" if sampler is None else "data.batch_size"
            raise InputError(
                f"{key}: {batch_size} of {len(corpus)} reviews cannot be shared among"
                f" {world_size} devices; each needs at least one review"
            )
        self.corpus = corpus
        self.text = text
        self.batch_size = batch_size
        # Lightning asks whether an evaluation loader shuffles: with torch's own class it does not.
        self.sampler = SequentialSampler(corpus) if sampler is None else sampler
        self.rank = rank
        self.world_size = world_size
        self._batch = 0
        self._resume: tuple[int, int] | None = None

    def __len__(self) -> int:
        full, rest = divmod(len(self.corpus), self.batch_size)
        return full + (rest >= self.world_size)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of the current epoch; after `load_state_dict`, those not yet seen."""
        # A generator: nothing here runs before the first batch is asked for. Lightning makes
        # iterators that it never uses, and sets the epoch after it made the one that it does use.
        size = len(self.corpus)
        order = self.sampler.order() if isinstance(self.sampler, EpochSampler) else np.arange(size)
        left = range(self._first(), len(self))
        in_a_row = max(1, _GATHERED_IN_A_ROW // self.batch_size)
        for numbers in (left[i : i + in_a_row] for i in range(0, len(left), in_a_row)):
            gathered = [self._gather(order, number) for number in numbers]
            for number, batch in zip(numbers, gathered, strict=True):
                self._batch = number + 1
                yield batch

    def state_dict(self) -> dict[str, int]:
        """Return the epoch, and how many of its batches were handed out."""
        return {"epoch": self._epoch, "batch": self._batch}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Begin the saved epoch behind the batches handed out, and any other at the front."""
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
            return self.corpus.gather(order[begin:end], self.text)
        own = np.array_split(order[begin:end], self.world_size)[self.rank]
        share = len(own) * self.world_size / (end - begin)
        return self.corpus.gather(own, self.text)._replace(share=share)
