"""The linear model on sets of n-grams against dense torch, and its scales against formulas."""

import math
import warnings
from typing import get_args

import pytest
import torch
from torch import Tensor

from reviewlab.nn.ngrams import (
    NgramSum,
    SparseProduct,
    Weighting,
    log_count_ratios,
    ngram_scale,
)

DENSE = torch.tensor([[1.0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 0]])
COUNTS = torch.tensor([[3.0, 1, 0, 2], [1, 1, 2, 0]], dtype=torch.float64)
REVIEWS = torch.tensor([4.0, 3.0], dtype=torch.float64)


def sparse(dense: Tensor) -> Tensor:
    with warnings.catch_warnings(action="ignore"):
        return dense.to_sparse_csr()


def test_the_product_and_its_gradient_are_those_of_dense_matrices() -> None:
    weight = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    other = weight.detach().clone().requires_grad_()
    pull = torch.randn(3, 3, dtype=torch.float64)
    product = SparseProduct.apply(sparse(DENSE.double()), weight)
    (product * pull).sum().backward()
    expected = DENSE.double() @ other
    (expected * pull).sum().backward()
    torch.testing.assert_close(product, expected)
    torch.testing.assert_close(weight.grad, other.grad)


def test_a_review_is_a_vector_of_length_one() -> None:
    encoder = NgramSum(4, 2)
    encoder.scale.copy_(torch.tensor([2.0, 5.0, 1.0, 2.0]))
    torch.nn.init.normal_(encoder.weight)
    vectors = DENSE * encoder.scale
    vectors = torch.nn.functional.normalize(vectors)
    expected = vectors @ encoder.weight
    torch.testing.assert_close(encoder(sparse(DENSE), DENSE.any(1, keepdim=True)), expected)
    assert expected[2].eq(0).all()


@pytest.mark.parametrize("weighting", get_args(Weighting))
def test_scales_are_positive_or_zero_and_finite(weighting: Weighting) -> None:
    scale = ngram_scale(COUNTS, REVIEWS, weighting, 1.0)
    assert scale.dtype == torch.float32
    assert scale.isfinite().all() and (scale >= 0).all()


def test_scales_by_hand() -> None:
    """The first n-gram is in 3 reviews of one class and in 1 of the other."""
    own, others = (3 + 1) / (6 + 4), (1 + 1) / (4 + 4)
    ratio = abs(math.log(own / others))
    rarity = math.log((1 + 7) / (1 + 4)) + 1
    expected = {"binary": 1.0, "tfidf": rarity, "nb": ratio, "tfidf_nb": rarity * ratio**0.5}
    for weighting, value in expected.items():
        scale = ngram_scale(COUNTS, REVIEWS, weighting, 1.0)  # type: ignore[arg-type]
        assert float(scale[0]) == pytest.approx(value)


def test_two_classes_have_opposite_ratios() -> None:
    ratios = log_count_ratios(COUNTS, 1.0)
    torch.testing.assert_close(ratios[0], -ratios[1])


def test_autocast_leaves_the_product_as_it_is() -> None:
    encoder = NgramSum(4, 2)
    torch.nn.init.normal_(encoder.weight)
    mask = DENSE.any(1, keepdim=True)
    plain = encoder(sparse(DENSE), mask)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(encoder(sparse(DENSE), mask), plain)
