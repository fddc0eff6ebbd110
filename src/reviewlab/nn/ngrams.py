"""A linear model over sets of n-grams, which naive Bayes and document frequencies weigh."""

from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.objectives.objective import at_least_single

Weighting = Literal["binary", "tfidf", "nb", "tfidf_nb"]


class NgramSum(Encoder):
    """Adds up the weights of a review's n-grams, one for each output.

    Every n-gram has a scale, which is fixed before the training and not learned. With the scales of
    its n-grams as numbers, a review is a vector of length 1: long reviews have no more say than
    short ones.

    Args:
        vocab_size: how many n-grams there are.
        num_outputs: weights of an n-gram.
    """

    reads_a_set = True
    scale: Tensor

    def __init__(self, vocab_size: int, num_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(vocab_size, num_outputs))
        self.register_buffer("scale", torch.ones(vocab_size))
        self.output_size = num_outputs

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Sums `[batch, num_outputs]` of sets `[batch, vocab_size]`, sparse; 0 of an empty one."""
        with torch.autocast(token_ids.device.type, enabled=False):  # no sparse product is halved
            weight, scale = at_least_single(self.weight), at_least_single(self.scale)
            sets = token_ids.to(weight.dtype)
            sums: Tensor = SparseProduct.apply(  # type: ignore[no-untyped-call]
                sets, weight * scale[:, None]
            )
            return sums / scaled_lengths(sets, scale)


def scaled_lengths(sets: Tensor, scale: Tensor) -> Tensor:
    """Lengths `[batch, 1]` of the reviews as vectors of their n-grams' scales; 1 of an empty one.

    Args:
        sets: `[batch, vocab_size]`, sparse.
        scale: `[vocab_size]`.
    """
    squares: Tensor = sets @ scale.square()[:, None]
    return torch.where(squares > 0, squares, 1.0).sqrt()


class SparseProduct(torch.autograd.Function):
    """The product of a sparse matrix of ones and a dense one.

    Torch's own backward pass first transposes the sparse matrix, which takes 40 times as long as
    the product; to add up gradients column by column takes no more than the product itself.
    """

    @staticmethod
    def forward(ctx: Any, sets: Tensor, weight: Tensor) -> Tensor:
        """Return `[batch, outputs]` of sets `[batch, vocab_size]` and weights."""
        ctx.save_for_backward(sets.crow_indices(), sets.col_indices())
        ctx.vocab_size = len(weight)
        return sets @ weight

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        """Add up, for every n-gram, the gradients of the reviews that it is in."""
        rows, columns = ctx.saved_tensors
        counts, columns = rows.diff().long(), columns.long()
        sums = [
            gradient.new_zeros(ctx.vocab_size).scatter_add_(
                0, columns, output.repeat_interleave(counts, output_size=len(columns))
            )
            for output in gradient.T
        ]
        return None, torch.stack(sums, dim=1)


class Bias(nn.Module):
    """Adds a number to each output: all that is left of a head where the weights are n-grams'."""

    def __init__(self, num_outputs: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(num_outputs))

    def forward(self, outputs: Tensor) -> Tensor:
        """Outputs `[batch, num_outputs]`."""
        return outputs + self.bias


def ngram_scale(counts: Tensor, reviews: Tensor, weighting: Weighting, smoothing: float) -> Tensor:
    """Weigh n-grams by how rare they are, and by how differently the classes use them.

    - `binary`: 1.
    - `tfidf`: `log((1 + N) / (1 + n)) + 1` of an n-gram in n of N reviews (Salton and Buckley
      1988, smoothed). It counts once a review: on long reviews that is better than its number.
    - `nb`: the size of the log-count ratio `r` of naive Bayes (Wang and Manning 2012): between an
      n-gram's share of all that a class uses, and its share of what the others do. With more than
      two classes the root of the mean of their squares.
    - `tfidf_nb`: `tfidf` times the root of `nb`.

    Args:
        counts: float64 `[classes, vocab_size]`, the reviews of each class that an n-gram is in.
        reviews: float64 `[classes]`, how many each class has.
        weighting: one of these.
        smoothing: added to every count for the ratio.

    Returns:
        float32 `[vocab_size]`.
    """
    scale = torch.ones(counts.shape[1], dtype=torch.float64)
    if weighting in ("tfidf", "tfidf_nb"):
        scale = ((1 + reviews.sum()) / (1 + counts.sum(0))).log() + 1
    if weighting in ("nb", "tfidf_nb"):
        ratio = log_count_ratios(counts, smoothing).square().mean(0).sqrt()
        scale = scale * (ratio.sqrt() if weighting == "tfidf_nb" else ratio)
    return scale.float()


def log_count_ratios(counts: Tensor, smoothing: float) -> Tensor:
    """Compare how often each class uses an n-gram with how often the others do.

    Args:
        counts: `[classes, vocab_size]`.
        smoothing: added to every count.

    Returns:
        Logarithms `[classes, vocab_size]`.
    """
    own = counts + smoothing
    others = counts.sum(0) - counts + smoothing
    return (own / own.sum(1, keepdim=True)).log() - (others / others.sum(1, keepdim=True)).log()
