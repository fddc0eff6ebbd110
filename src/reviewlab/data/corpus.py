"""The encoded reviews of one split, memory-mapped, and batches gathered from them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.data.batch import Batch, Tokens, sparse_sets
from reviewlab.data.examples import Examples
from reviewlab.text.encoder import TextEncoder

Indices = NDArray[np.int64]

# The arrays stored for a split, each in a raw little-endian file.
_TYPES: dict[str, np.dtype[Any]] = {
    "ids": np.dtype("<i4"),
    "offsets": np.dtype("<i8"),
    "labels": np.dtype("<i8"),
    "places": np.dtype("<i8"),
    "groups": np.dtype("<i8"),
    "texts": np.dtype("<i8"),
}


class Corpus(Examples):
    """The concatenated token ids of all reviews, their offsets and their labels.

    The arrays of a corpus from `open` are memory maps: only the pages that a batch touches are
    read.

    Args:
        ids: int32 `[tokens]`.
        offsets: int64 `[reviews + 1]`, the start of each review in `ids`, then the length of `ids`.
        labels: int64 `[reviews]`.
        places: int64 `[reviews]`, index of each review in the source; None for 0, 1, 2 and so on.
        groups: int64 `[reviews]`, number of each review's group; None without groups.
        texts: int64 `[reviews]`, a number that reviews with the same text share; None if no text is
            repeated, and for training reviews.

    Attributes:
        features: float32 `[reviews, size]`, computed once by a frozen encoder and served with the
            reviews; None if there is no frozen encoder.
    """

    def __init__(
        self,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        labels: NDArray[np.int64],
        places: NDArray[np.int64] | None = None,
        groups: NDArray[np.int64] | None = None,
        texts: NDArray[np.int64] | None = None,
    ) -> None:
        super().__init__(labels, places, groups, texts)
        self.ids = ids
        self.offsets = offsets
        self.features: NDArray[np.float32] | None = None

    @classmethod
    def from_arrays(cls, ids: Any, offsets: Any, labels: Any) -> "Corpus":
        """Make a corpus in memory.

        Args:
            ids: `[tokens]`.
            offsets: `[reviews + 1]`.
            labels: `[reviews]`.
        """
        return cls(
            np.asarray(ids, np.int32), np.asarray(offsets, np.int64), np.asarray(labels, np.int64)
        )

    @classmethod
    def open(cls, folder: Path, split: str, sizes: Mapping[str, int]) -> "Corpus":
        """Open the files that `write` wrote, as memory maps.

        Args:
            folder: the folder of the files.
            split: name of the split; the file names begin with it.
            sizes: the length of each file, as returned by `write`.

        Raises:
            ValueError: a file is missing, or has the wrong size or content.
        """
        arrays = {
            name: _map(folder / f"{split}.{name}", _TYPES[name], size)
            for name, size in sizes.items()
        }
        offsets = arrays["offsets"]
        if len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != len(arrays["ids"]):
            raise ValueError(f"{folder / split}: the offsets do not match the ids")
        return cls(**arrays)

    @staticmethod
    def write(
        folder: Path,
        split: str,
        encoded: Iterable[tuple[NDArray[np.int32], NDArray[np.int64]]],
        labels: NDArray[np.int64],
        places: NDArray[np.int64] | None = None,
        groups: NDArray[np.int64] | None = None,
        texts: NDArray[np.int64] | None = None,
    ) -> dict[str, int]:
        """Write a split chunk by chunk; only one chunk of ids is in memory at a time.

        Args:
            folder: the folder of the files.
            split: name of the split; the file names begin with it.
            encoded: chunks of reviews, as returned by `TextEncoder.encode`.
            labels: int64 `[reviews]`.
            places: int64 `[reviews]`, index of each review in the source; None for 0, 1, 2 and so
                on.
            groups: int64 `[reviews]`, number of each review's group; None without groups.
            texts: int64 `[reviews]`, a number that reviews with the same text share, or None.

        Returns:
            The number of values in each file.
        """
        tokens, lengths = 0, [np.zeros(1, np.int64)]
        with (folder / f"{split}.ids").open("wb") as file:
            for ids, offsets in encoded:
                file.write(np.ascontiguousarray(ids, _TYPES["ids"]).data)
                lengths.append(offsets[1:] + tokens)
                tokens += len(ids)
        named = {"labels": labels, "places": places, "groups": groups, "texts": texts}
        arrays = {"offsets": np.concatenate(lengths)}
        arrays |= {name: array for name, array in named.items() if array is not None}
        for name, array in arrays.items():
            with (folder / f"{split}.{name}").open("wb") as file:
                file.write(np.ascontiguousarray(array, _TYPES[name]).data)
        return {"ids": tokens, **{name: len(array) for name, array in arrays.items()}}

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of tokens in each review, int64 `[reviews]`."""
        return np.diff(self.offsets)

    def lengths_read(self, text: TextEncoder) -> NDArray[np.int64]:
        """Return how many tokens of each review reach a model, int64 `[reviews]`.

        These lengths decide which reviews share a batch, so tokens that are cut off do not count.
        """
        return np.minimum(self.lengths, text.max_length or np.iinfo(np.int64).max)

    def gather(self, indices: NDArray[np.int64], text: TextEncoder) -> Batch:
        """Gather the reviews at `indices` into a batch, truncated and padded as `text` specifies.

        A batch is at least one token wide, so that a review without tokens is a row of padding.
        Only real tokens are copied, since most of a batch may be padding. NumPy copies them,
        because torch is slower and needs a writable memory map.
        """
        begin = self.offsets[indices]
        end = self.offsets[indices + 1]
        lengths = end - begin
        if text.inputs == "ngrams":
            return self._gather_sets(indices, begin, lengths, text.vocab_size)
        width = max(int(lengths.max()), 1)
        if text.max_length is not None:
            lengths = np.minimum(lengths, text.max_length)
            width = text.max_length if text.pad_to == "max_length" else min(width, text.max_length)
            if text.truncation == "pre":
                begin = end - lengths
        # Compared as int32, which takes half the time of the offsets' int64.
        steps, sizes = np.arange(width, dtype=np.int32), lengths.astype(np.int32)[:, None]
        mask = steps < sizes if text.padding == "post" else steps >= width - sizes
        token_ids = np.full(mask.shape, text.pad_id, np.int64)
        token_ids[mask] = self._take(begin, lengths)
        return Batch(
            Tokens(torch.from_numpy(token_ids), torch.from_numpy(mask)),
            torch.from_numpy(self.labels[indices]),
            features=None if self.features is None else torch.from_numpy(self.features[indices]),
        )

    def _gather_sets(
        self, indices: NDArray[np.int64], begin: Indices, lengths: Indices, vocab_size: int
    ) -> Batch:
        """Gather reviews that are sets: their ids are the columns of a sparse matrix.

        Args:
            indices: the reviews of the batch.
            begin: offset of each of these reviews in the corpus.
            lengths: number of ids in each of these reviews.
            vocab_size: number of columns.
        """
        counts = torch.from_numpy(lengths)
        sets = sparse_sets(counts, torch.from_numpy(self._take(begin, lengths)), vocab_size)
        return Batch(Tokens(sets, counts[:, None] > 0), torch.from_numpy(self.labels[indices]))

    def _take(self, begin: Indices, lengths: Indices) -> NDArray[np.int32]:
        """Return the concatenated ids of reviews, given their offsets and lengths."""
        # Added to a token's position in the batch, this gives its position in the corpus.
        shift = begin - (np.cumsum(lengths) - lengths)
        ids: NDArray[np.int32] = self.ids.take(np.arange(lengths.sum()) + np.repeat(shift, lengths))
        return ids


def _map(path: Path, dtype: np.dtype[Any], size: int) -> NDArray[Any]:
    if not path.is_file() or path.stat().st_size != size * dtype.itemsize:
        raise ValueError(f"{path}: is missing, or does not hold {size} numbers")
    if size == 0:
        return np.zeros(0, dtype)
    # A plain array over the map: every operation on an np.memmap has the overhead of a subclass.
    return np.memmap(path, dtype, mode="r", shape=(size,)).view(np.ndarray)
