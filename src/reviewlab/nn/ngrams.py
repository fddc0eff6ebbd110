"""A linear model over sets of n-grams, scaled by naive Bayes ratios and document frequencies."""

from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.objectives.objective import at_least_single

Weighting = Literal["binary", "tfidf", "nb", "tfidf_nb"]


class NgramSum(Encoder):
    """The sum of the weights of a review's n-grams, one sum for each output.

    Every n-gram has a scale that is fixed before training. A review is the vector of its n-grams'
    scales, normalised to length 1, so that long reviews have no more influence than short ones.

    Args:
        vocab_size: number of n-grams.
        num_outputs: number of outputs; each n-gram has one weight for each of them.
    """

    reads_a_set = True
    scale: Tensor

    def __init__(self, vocab_size: int, num_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(vocab_size, num_outputs))
        self.register_buffer("scale", torch.ones(vocab_size))
        self.output_size = num_outputs

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return the sums `[batch, num_outputs]`; 0 for a review without n-grams.

        Here `token_ids` is sparse, `[batch, vocab_size]`: 1 for each n-gram of a review. In an
        exported classifier, which has no sparse tensors, it has the ids of each review, int64
        `[batch, time]`, each id once, with a mask of the same shape.
        """
        if not token_ids.is_floating_point():
            return self._sum_padded(token_ids, mask)
        with torch.autocast(token_ids.device.type, enabled=False):  # sparse matmul has no half
            weight, scale = at_least_single(self.weight), at_least_single(self.scale)
            sets = token_ids.to(weight.dtype)
            sums: Tensor = SparseProduct.apply(  # type: ignore[no-untyped-call]
                sets, weight * scale[:, None]
            )
            return sums / scaled_lengths(sets, scale)

    def _sum_padded(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        scale = self.scale[token_ids] * mask
        sums = (scale[:, None] @ self.weight[token_ids])[:, 0]
        return sums / _norm(scale.square().sum(1, keepdim=True))


def scaled_lengths(sets: Tensor, scale: Tensor) -> Tensor:
    """Return the norm of each review's vector of scales, `[batch, 1]`; 1 for an empty review.

    Args:
        sets: `[batch, vocab_size]`, sparse: 1 for each n-gram of a review.
        scale: `[vocab_size]`.
    """
    return _norm(sets @ scale.square()[:, None])


def _norm(squares: Tensor) -> Tensor:
    """Return the root of sums of squares; 1 for a sum of 0."""
    return torch.where(squares > 0, squares, 1.0).sqrt()


class SparseProduct(torch.autograd.Function):
    """The product of a sparse matrix of ones and a dense matrix.

    Torch's own backward pass first transposes the sparse matrix, which takes 40 times as long as
    the product; adding up gradients column by column takes no longer than the product.
    """

    @staticmethod
    def forward(ctx: Any, sets: Tensor, weight: Tensor) -> Tensor:
        """Multiply a sparse matrix by a dense one.

        Args:
            ctx: stores what `backward` needs.
            sets: `[batch, vocab_size]`, sparse: 1 for each n-gram of a review.
            weight: `[vocab_size, outputs]`.

        Returns:
            `[batch, outputs]`.
        """
        ctx.save_for_backward(sets.crow_indices(), sets.col_indices())
        ctx.vocab_size = len(weight)
        return sets @ weight

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        """Add up, for every n-gram, the gradients of the reviews that contain it."""
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
    """A bias for each output: the head of a classifier whose weights belong to the n-grams."""

    def __init__(self, num_outputs: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(num_outputs))

    def forward(self, outputs: Tensor) -> Tensor:
        """Add the bias to outputs `[batch, num_outputs]`."""
        return outputs + self.bias


def ngram_scale(counts: Tensor, reviews: Tensor, weighting: Weighting, smoothing: float) -> Tensor:
    """Scale n-grams by how rare they are and by how differently the classes use them.

    - `binary`: 1.
    - `tfidf`: `log((1 + N) / (1 + n)) + 1` for an n-gram in n of N reviews (Salton and Buckley
      1988, smoothed). An n-gram counts once per review: on long reviews that does better than
      counting every occurrence.
    - `nb`: the absolute log-count ratio `|r|` of naive Bayes (Wang and Manning 2012), which
      compares an n-gram's share of all n-grams in a class with its share in the other classes.
      With more than two classes it is the root mean square of their ratios.
    - `tfidf_nb`: `tfidf` times the square root of `nb`.

    Args:
        counts: number of each class's reviews that contain an n-gram, float64 `[classes,
            vocab_size]`.
        reviews: number of each class's reviews, float64 `[classes]`.
        weighting: one of the four above.
        smoothing: number added to every count in the ratio.

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
    """Compare how often each class uses an n-gram with how often the other classes use it.

    Args:
        counts: `[classes, vocab_size]`.
        smoothing: number added to every count.

    Returns:
        Logarithms `[classes, vocab_size]`.
    """
    own = counts + smoothing
    others = counts.sum(0) - counts + smoothing
    return (own / own.sum(1, keepdim=True)).log() - (others / others.sum(1, keepdim=True)).log()
