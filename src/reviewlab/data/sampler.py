"""The order of the reviews in each epoch."""

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray

# Reviews are sorted by length within this many batches. Fewer batches need more padding; with more
# of them, the same reviews share a batch too often.
_BATCHES_A_POOL = 100


class EpochSampler:
    """The order of the reviews, a pure function of `seed` and the epoch.

    It has its own random generator, so neither the model nor resuming a run changes the order.

    With `lengths` (`bucket_by_length`), the reviews of a batch have similar lengths: the shuffled
    reviews are sorted within pools of a hundred batches, and then the batches are shuffled. Every
    review is seen exactly once; those that do not fill a batch come last.

    With `labels` (`balanced`), an epoch has the usual length, but the same number of reviews of
    every class, to within one; the classes that get one more are drawn at random. If a class has
    more reviews than needed, a random part of them is used, each once. If it has fewer, they are
    repeated, each equally often, to within one. The numbers hold for an epoch, not for each batch.
    With both options, the reviews that are drawn are then batched by length.

    Args:
        size: number of reviews.
        seed: random seed, which determines the order together with the epoch.
        lengths: int64 `[size]`, the reviews' lengths, to batch similar ones; None to ignore length.
        labels: int64 `[size]`, the reviews' labels, to draw all classes equally often; None to
            draw every review once.
        batch_size: number of reviews per batch; used only with `lengths`.
        reshuffle: False repeats the order of epoch 0 in all epochs.
        shuffle: False keeps the order of the corpus, unless `labels` are given.
    """

    def __init__(
        self,
        size: int,
        seed: int,
        *,
        lengths: NDArray[np.int64] | None = None,
        labels: NDArray[np.int64] | None = None,
        batch_size: int = 1,
        reshuffle: bool = True,
        shuffle: bool = True,
    ) -> None:
        self.size = size
        self.seed = seed
        self.batch_size = batch_size
        self.reshuffle = reshuffle
        self.shuffle = shuffle
        self.epoch = 0
        self._lengths = lengths
        self._classes = (
            None
            if labels is None
            else [np.flatnonzero(labels == label) for label in np.unique(labels)]
        )

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch; Lightning calls this before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.size

    def order(self) -> NDArray[np.int64]:
        """Return the indices of the reviews in the order of the current epoch, int64 `[size]`."""
        generator = _generator(self.seed, self.epoch if self.reshuffle else 0)
        if self._classes is not None:
            order = _draw_balanced(self._classes, self.size, generator)
        elif self.shuffle:
            order = _permutation(self.size, generator)
        else:
            order = np.arange(self.size)
        if self._lengths is not None:
            order = _bucket(order, self._lengths, self.batch_size, generator)
        return order


def _generator(seed: int, epoch: int) -> torch.Generator:
    """Return an epoch's random generator, unrelated to those of other epochs, seeds and models."""
    hashed = hashlib.sha256(f"order of reviews, seed {seed}, epoch {epoch}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(hashed[:8], "little"))


def _permutation(size: int, generator: torch.Generator) -> NDArray[np.int64]:
    return torch.randperm(size, generator=generator).numpy()


def _draw_balanced(
    classes: list[NDArray[np.int64]], size: int, generator: torch.Generator
) -> NDArray[np.int64]:
    share, odd = divmod(size, len(classes))
    drawn = []
    for place, label in enumerate(_permutation(len(classes), generator)):
        members = classes[label]
        wanted = share + (place < odd)
        rounds = -(-wanted // len(members))
        passes = [members[_permutation(len(members), generator)] for _ in range(rounds)]
        drawn.append(np.concatenate([members[:0], *passes])[:wanted])
    return np.concatenate(drawn)[_permutation(size, generator)]


def _bucket(
    order: NDArray[np.int64],
    lengths: NDArray[np.int64],
    batch_size: int,
    generator: torch.Generator,
) -> NDArray[np.int64]:
    full = len(order) // batch_size
    filling, rest = order[: full * batch_size], order[full * batch_size :]
    pool = _BATCHES_A_POOL * batch_size
    pools = [filling[start : start + pool] for start in range(0, len(filling), pool)]
    ranked = [part[np.argsort(lengths[part], kind="stable")] for part in pools]
    batches = np.concatenate([order[:0], *ranked]).reshape(full, batch_size)
    return np.concatenate([batches[_permutation(full, generator)].ravel(), rest])
