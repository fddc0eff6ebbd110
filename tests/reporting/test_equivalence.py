"""Equality within a margin, checked by simulation and against statsmodels' formula."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import stdtr
from scipy.stats import ttest_1samp, ttest_rel

from reviewlab.reporting.equivalence import equal_to
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import LOOK, PLANNED, UNPLANNED, USUAL

MOST = 30
tables = st.tuples(st.integers(2, 4), st.integers(3, 6)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(-1, 1).map(lambda x: round(x, 4)))
)


def seen(values: np.ndarray, plan: int | None = None, fixed: tuple[int, ...] = ()) -> SeedTable:
    """A table whose first `plan` seeds were planned and have all ended."""
    rows, seeds = values.shape
    planned = np.arange(seeds) < (plan or 0)
    complete = np.full(rows, plan is not None and seeds >= plan)
    return SeedTable(values, np.isin(np.arange(rows), fixed), planned, complete, plan)


def two_sides(values: np.ndarray, margin: float) -> list[np.ndarray]:
    """Test at each number of seeds from 2 that neither of two rows leads by the margin.

    Args:
        values: float64 `[sequences, 2, seeds]`.
        margin: the margin.

    Returns:
        The p values `[sequences, seeds - 1]` of both tests, for a number of seeds decided
        beforehand.
    """
    n = np.arange(1, values.shape[2] + 1)
    difference = values[:, 0] - values[:, 1]
    mean = difference.cumsum(1) / n
    squares = (difference**2).cumsum(1) - n * mean**2
    error = np.sqrt(squares[:, 1:] / n[:-1] / n[1:])
    return [stdtr(n[:-1], (sign * mean[:, 1:] - margin) / error) for sign in (1, -1)]


def sequential(values: np.ndarray, margin: float, plan: int | None) -> np.ndarray:
    """The larger p value of both tests at each number of seeds, valid at any of them."""
    return np.maximum(*(anytime(p, plan) for p in two_sides(values, margin)))


def anytime(p: np.ndarray, plan: int | None) -> np.ndarray:
    """Return p values `[sequences, looks]` valid at any number of seeds, for claims that stay."""
    seeds = np.arange(2, p.shape[1] + 2)
    factor, sharpest = (UNPLANNED, USUAL) if plan is None else (LOOK, plan)
    now = factor * np.maximum(seeds / sharpest, sharpest / seeds) * p
    if plan is None:
        return now
    return np.minimum(now, np.where(seeds >= plan, PLANNED * p[:, [plan - 2]], np.inf))


@pytest.mark.parametrize("plan", [2, 3, 5, 10, None])
@pytest.mark.parametrize("margin", [0.5, 1.0, 3.0])
def test_a_shift_of_the_margin_is_seldom_called_equal_however_often_one_looks(
    plan: int | None, margin: float
) -> None:
    values = np.random.default_rng(4).normal(size=(10_000, 2, MOST))
    values[:, 0] += margin
    assert (sequential(values, margin, plan) < 0.05).any(1).mean() <= 0.05


@pytest.mark.parametrize("rows", [2, 3, 8])
def test_of_many_rows_behind_by_the_margin_none_is_called_equal_in_95_per_cent(rows: int) -> None:
    random, wrong, count = np.random.default_rng(5), 0, 400
    for values in random.normal(size=(count, rows, 5)):
        values[0] += 2.0
        best = int(values.mean(1).argmax())
        p = equal_to(seen(values, 5), best, 2.0)
        behind = range(1, rows) if best == 0 else [0]
        wrong += any(p[row] < 0.05 for row in behind)
    assert wrong <= 28  # 20 are expected at most; 1 of 30 repetitions exceeds 28


@pytest.mark.parametrize("plan", [None, 3])
def test_the_leaderboards_p_value_is_the_simulated_one(plan: int | None) -> None:
    values = np.random.default_rng(6).normal(size=(20, 2, 6)) / 4
    expected = sequential(values, 0.9, plan)
    for number, table in enumerate(values):
        p = equal_to(seen(table, plan), int(table.mean(1).argmax()), 0.9)
        assert np.nanmin(p) == pytest.approx(min(1.0, expected[number, -1]), rel=1e-6)


def test_on_the_planned_seeds_it_is_five_quarters_of_two_one_sided_paired_t_tests() -> None:
    values = np.array([[0.90, 0.91, 0.93, 0.92], [0.899, 0.912, 0.925, 0.921]])
    sides = [
        ttest_rel(values[0] + shift, values[1], alternative=side).pvalue
        for shift, side in ((-0.02, "less"), (0.02, "greater"))
    ]
    p = equal_to(seen(values, 4), 0, 0.02)
    assert np.isnan(p[0])
    assert p[1] == pytest.approx(1.25 * max(sides), rel=1e-9)


def test_beside_a_fixed_row_the_tests_are_of_one_sample() -> None:
    varying = [0.899, 0.901, 0.900, 0.902]
    values = np.array([[0.9] * 4, varying])
    side = ttest_1samp(np.array(varying), 0.9 + 0.01, alternative="less").pvalue
    assert equal_to(seen(values, 4, (0,)), 0, 0.01)[1] == pytest.approx(1.25 * side, rel=1e-9)


def test_nothing_is_claimed_of_two_fixed_rows() -> None:
    assert np.isnan(equal_to(seen(np.full((2, 3), 0.9), 3, (0, 1)), 0, 0.01)).all()


def test_without_noise_rows_are_equal_if_they_are_closer_than_the_margin() -> None:
    values = np.array([[0.9, 0.8, 0.7], [0.899, 0.799, 0.699], [0.8, 0.7, 0.6]])
    np.testing.assert_array_equal(equal_to(seen(values, 3), 0, 0.01), [np.nan, 0.0, 1.0])


@given(tables, st.sampled_from([None, 2, 3]), st.floats(0.01, 1), st.floats(1, 3))
def test_a_wider_margin_makes_equality_more_certain(
    values: np.ndarray, plan: int | None, margin: float, more: float
) -> None:
    best = int(values.mean(1).argmax())
    table = seen(values, plan)
    assume(table.left.variance > 1e-6)
    assume(plan is None or table.planned_part.left.variance > 1e-6)
    narrow, wide = (equal_to(table, best, m) for m in (margin, margin * more))
    compared = narrow < 0.5  # above, a planned test that is far from a claim may cease to count
    assert (wide[compared] <= narrow[compared] + 1e-9).all()


@given(tables, st.floats(0.05, 1), st.randoms())
def test_the_order_of_rows_and_seeds_does_not_matter(
    values: np.ndarray, margin: float, random
) -> None:
    rows, seeds = values.shape
    before = seen(values, seeds)
    assume(before.left.variance > 1e-6)
    row_order = random.sample(range(rows), rows)
    shuffled = values[row_order][:, random.sample(range(seeds), seeds)]
    p = equal_to(before, 0, margin)
    other = equal_to(replace(before, values=shuffled), row_order.index(0), margin)
    np.testing.assert_allclose(other, p[row_order], rtol=1e-4, atol=1e-9)
