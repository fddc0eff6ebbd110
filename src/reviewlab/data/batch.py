"""The one shape in which reviews reach a model."""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor


class Batch(NamedTuple):
    """Reviews cut and filled to one length, or as sets of n-grams.

    token_ids: int64 `[batch, time]`; padding has the text encoder's `pad_id`. Of n-grams float32
        `[batch, vocab_size]`, sparse (CSR): 1 for each that is in the review.
    mask: bool `[batch, time]`, true where a token is real. A row may be all false (empty review).
        Of n-grams `[batch, 1]`, true where there is any.
    labels: int64 `[batch]`.
    share: how much these reviews weigh where ranks average their gradients: 1, unless a last batch
        could not be shared equally.
    features: float32 `[batch, size]`, where an encoder that stays as it is has read the reviews
        before.
    """

    token_ids: Tensor
    mask: Tensor
    labels: Tensor
    share: float = 1.0
    features: Tensor | None = None

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device, copied while the device computes."""
        token_ids, mask, labels = (
            tensor.to(device, non_blocking=True)
            for tensor in (self.token_ids, self.mask, self.labels)
        )
        features = None if self.features is None else self.features.to(device, non_blocking=True)
        return Batch(token_ids, mask, labels, self.share, features)


def sparse_sets(lengths: Tensor, ids: Tensor, vocab_size: int) -> Tensor:
    """Make the sparse matrix of reviews that are sets, float32 `[batch, vocab_size]`.

    Args:
        lengths: `[batch]`, how many ids each review has.
        ids: of all reviews one after the other, rising within each.
        vocab_size: how many ids there are.
    """
    rows = torch.zeros(len(lengths) + 1, dtype=torch.int32, device=ids.device)
    rows[1:] = lengths.cumsum(0)
    with warnings.catch_warnings(action="ignore"):  # that sparse tensors are in beta
        return torch.sparse_csr_tensor(
            rows,
            ids.int(),  # torch multiplies with MKL where all indices are int32
            torch.ones(len(ids), device=ids.device),
            (len(lengths), vocab_size),
            check_invariants=False,
        )
