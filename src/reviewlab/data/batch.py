"""Batches: the form in which examples reach a model."""

import warnings
from typing import Generic, NamedTuple

import torch
from torch import Tensor
from typing_extensions import TypeVar


class Tokens(NamedTuple):
    """The inputs of encoders that read reviews: token ids padded to one length, or sets of n-grams.

    Attributes:
        token_ids: int64 `[batch, time]`; padding is the text encoder's `pad_id`. For n-grams,
            float32 `[batch, vocab_size]`, sparse (CSR): 1 for each n-gram of the review.
        mask: bool `[batch, time]`, true for real tokens. A row may be all false (an empty review).
            For n-grams `[batch, 1]`, true if the review has at least one n-gram.
    """

    token_ids: Tensor
    mask: Tensor


class Pixels(NamedTuple):
    """The input of encoders that read images.

    Attributes:
        images: float32 `[batch, 1, height, width]`, from 0 to 1.
    """

    images: Tensor


InputsT = TypeVar("InputsT", bound=Tokens | Pixels, default=Tokens)


class Batch(NamedTuple, Generic[InputsT]):
    """A batch of reviews or images with their labels.

    Attributes:
        inputs: the arguments of the encoder, by name.
        labels: int64 `[batch]`.
        share: weight of this batch's gradient in the mean over all ranks; 1 unless the ranks have
            batches of different sizes.
        features: float32 `[batch, size]`, computed once by a frozen encoder; None if there is none.
    """

    inputs: InputsT
    labels: Tensor
    share: float = 1.0
    features: Tensor | None = None

    def to(self, device: torch.device) -> "Batch[InputsT]":
        """Copy the batch to a device asynchronously; return the copy."""
        inputs, labels = self.inputs_on(device), self.labels.to(device, non_blocking=True)
        features = None if self.features is None else self.features.to(device, non_blocking=True)
        return Batch(inputs, labels, self.share, features)

    def inputs_on(self, device: torch.device) -> InputsT:
        """Copy the inputs to a device asynchronously; return the copy."""
        return type(self.inputs)(*(tensor.to(device, non_blocking=True) for tensor in self.inputs))


def sparse_sets(lengths: Tensor, ids: Tensor, vocab_size: int) -> Tensor:
    """Build the sparse matrix of reviews that are sets of ids, float32 `[batch, vocab_size]`.

    Args:
        lengths: `[batch]`, number of ids in each review.
        ids: concatenated ids of all reviews, ascending within each.
        vocab_size: number of distinct ids, which is the width of the matrix.
    """
    rows = torch.zeros(len(lengths) + 1, dtype=torch.int32, device=ids.device)
    rows[1:] = lengths.cumsum(0)
    with warnings.catch_warnings(action="ignore"):  # torch warns that sparse tensors are in beta
        return torch.sparse_csr_tensor(
            rows,
            ids.int(),  # torch uses MKL only if all indices are int32
            torch.ones(len(ids), device=ids.device),
            (len(lengths), vocab_size),
            check_invariants=False,
        )
