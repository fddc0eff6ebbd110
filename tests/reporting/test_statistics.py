"""Noise and intervals, checked against scipy.stats and by simulation."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reviewlab.reporting.statistics import (
    independent_runs,
    interval,
    paired_interval,
    residual,
    wilson,
)

NAN = np.nan
numbers = st.floats(-1, 1).map(lambda x: round(x, 6))


def tables(rows: st.SearchStrategy[int], columns: st.SearchStrategy[int]):
    return st.tuples(rows, columns).flatmap(lambda shape: arrays(float, shape, elements=numbers))


@given(arrays(float, st.integers(2, 9), elements=numbers))
def test_the_interval_is_students_at_97_percent(values: np.ndarray) -> None:
    assume(np.std(values) > 1e-4)
    expected = stats.t.interval(0.97, len(values) - 1, values.mean(), stats.sem(values))
    assert interval(values.tolist()) == pytest.approx(expected)


@given(st.floats(0, 1), st.integers(2, 12))
def test_equal_values_have_an_interval_without_width(value: float, n: int) -> None:
    assert interval([value] * n) == (value, value)


@given(arrays(float, st.integers(2, 9), elements=numbers), st.integers(2, 4))
def test_groups_count_and_not_their_reviews(values: np.ndarray, copies: int) -> None:
    alone = paired_interval(values)
    assume(np.std(values) > 1e-4)
    expected = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert alone == pytest.approx(expected, abs=1e-9)
    groups = np.repeat(np.arange(len(values))[::-1] * 7, copies)
    assert paired_interval(np.repeat(values, copies), groups) == pytest.approx(alone, abs=1e-9)


def test_the_paired_interval_of_grouped_reviews_keeps_its_promise() -> None:
    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    held = []
    for _ in range(400):
        differences = 0.1 + generator.normal(size=40)[groups] + generator.normal(size=200)
        low, high = paired_interval(differences, groups) or (1.0, 0.0)
        held.append(low <= 0.1 <= high)
    assert 0.92 < np.mean(held) < 0.98


def test_a_single_group_has_no_interval() -> None:
    assert paired_interval(np.array([1.0, 0.0]), np.array([3, 3])) is None


def test_overlapping_runs_have_a_wider_interval() -> None:
    values = [0.1, 0.2, 0.4, 0.3, 0.2]
    low, high = interval(values)
    wide_low, wide_high = interval(values, overlap=1 / 4)
    assert wide_low + wide_high == pytest.approx(low + high)
    assert (wide_high - wide_low) / (high - low) == pytest.approx(np.sqrt((1 / 5 + 1 / 4) * 5))


@given(st.floats(1, 100), st.floats(0, 1))
def test_overlap_leaves_fewer_independent_runs(runs: float, overlap: float) -> None:
    independent = independent_runs(np.array([runs]), overlap)[0]
    assert 1 / independent == pytest.approx(1 / runs + overlap)


def test_one_value_has_no_interval() -> None:
    assert interval([0.5]) is None


@given(
    tables(st.integers(1, 5), st.integers(1, 5)).flatmap(
        lambda t: st.tuples(st.just(t), arrays(bool, t.shape))
    )
)
def test_the_residual_is_that_of_least_squares_on_the_cells_there_are(both: tuple) -> None:
    table, absent = both
    table = np.where(absent, NAN, table)
    rows, columns = np.nonzero(np.isfinite(table))
    design = np.hstack([np.eye(table.shape[0])[rows], np.eye(table.shape[1])[columns]])
    values = table[rows, columns]
    freedom = len(values) - (np.linalg.matrix_rank(design) if len(values) else 0)
    left = residual(table)
    assert left.degrees_of_freedom == freedom
    if freedom:
        fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
        expected = float(((values - fitted) ** 2).sum() / freedom)
        assert left.variance == pytest.approx(expected, rel=1e-6, abs=1e-13)


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (3, 10), (0, 50), (499, 500)])
def test_the_interval_of_a_share_is_that_of_scipy(count: int, n: int) -> None:
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert wilson(count, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_of_no_reviews_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
