"""Moderated variances, checked by simulation and against numpy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import polygamma

from reviewlab.reporting.comparisons import pair_noise, paired_variances
from reviewlab.reporting.moderation import LEAST, _inverse_trigamma, moderate
from reviewlab.reporting.statistics import Residual, residual

PAIRS = 60  # of rows, so that there are many pairs


def symmetric(values: np.ndarray) -> np.ndarray:
    return np.triu(values, 1) + np.triu(values, 1).T


def drawn(freedom: int, prior: float, seed: int = 0) -> np.ndarray:
    """Draw estimated variances of pairs, whose true ones are scaled inverse chi squared."""
    random, shape = np.random.default_rng(seed), (PAIRS, PAIRS)
    true = np.ones(shape) if math.isinf(prior) else prior / random.chisquare(prior, shape)
    return symmetric(true * random.chisquare(freedom, shape) / freedom)


def moderated(own: np.ndarray, freedom: int, pooled: float):
    there = np.ones(own.shape, bool)
    return moderate(own, np.full(own.shape, float(freedom)), Residual(pooled / 2, 10_000), there)


@pytest.mark.parametrize("prior", [10.0, 20.0, 40.0])
def test_the_weight_of_the_common_variance_is_found(prior: float) -> None:
    found = moderated(drawn(9, prior), 9, prior / (prior - 2)).prior
    assert found == pytest.approx(prior, rel=0.25)


def test_variances_that_hardly_differ_are_pooled() -> None:
    found = [moderated(drawn(4, math.inf, seed), 4, 1.0).prior for seed in range(20)]
    assert np.median(found) > 50
    assert any(map(math.isinf, found))


def test_variances_that_differ_much_keep_some_of_the_common_one() -> None:
    own = drawn(4, 1.0)
    noise = moderated(own, 4, 3.0)
    assert noise.prior == LEAST
    expected = (LEAST * 3.0 + 4 * own) / (LEAST + 4)
    np.testing.assert_allclose(symmetric(noise.variance), symmetric(expected))
    assert (noise.freedom == LEAST + 4).all()


def test_degrees_of_freedom_are_at_most_those_of_all_rows_together() -> None:
    table = np.random.default_rng(1).normal(size=(3, 4)) * np.array([[1.0], [30.0], [1.0]])
    noise = pair_noise(table, residual(table))
    assert math.isfinite(noise.prior)
    assert (noise.freedom == 6).all()


def test_two_rows_have_the_variance_of_their_differences() -> None:
    table = np.array([[0.9, 0.8, 0.85], [0.7, 0.75, 0.5]])
    noise = pair_noise(table, residual(table))
    assert noise.variance[0, 1] == pytest.approx(np.var(table[0] - table[1], ddof=1))
    assert noise.freedom[0, 1] == 2


def test_rows_that_are_not_noisy_say_nothing_about_how_variances_differ() -> None:
    table = np.random.default_rng(2).normal(size=(6, 5)) * np.array([[1.0], *[[1.0]] * 4, [50.0]])
    noisy = np.arange(6) < 5
    alone, beside = (
        pair_noise(values, residual(table[:5]), rows)
        for values, rows in ((table[:5], None), (table, noisy))
    )
    assert alone.prior == beside.prior
    np.testing.assert_allclose(alone.variance, beside.variance[:5, :5])


@given(st.floats(1e-8, 1e8))
def test_the_inverse_of_trigamma_is_its_inverse(value: float) -> None:
    assert float(polygamma(1, _inverse_trigamma(value))) == pytest.approx(value, rel=1e-5)


@given(
    arrays(float, (3, 5), elements=st.floats(-1, 1).map(lambda x: round(x, 4))),
    arrays(bool, (3, 5)),
    st.floats(-1e3, 1e3),
)
def test_variances_of_differences_are_those_over_shared_seeds(
    values: np.ndarray, there: np.ndarray, shift: float
) -> None:
    table = np.where(there, values + shift * np.arange(3)[:, None], np.nan)
    found, shared = paired_variances(table)
    for i in range(3):
        for j in range(3):
            differences = (table[i] - table[j])[there[i] & there[j]]
            assert shared[i, j] == len(differences)
            if len(differences) < 2:
                assert np.isnan(found[i, j])
            else:
                assert found[i, j] == pytest.approx(np.var(differences, ddof=1), abs=1e-8)
