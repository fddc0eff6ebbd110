"""The statistics, checked against scipy.stats and by simulation."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reviewlab.reporting.statistics import (
    against,
    holm,
    interval,
    paired_interval,
    pairwise,
    residual,
    wilson,
)

NAN = np.nan
numbers = st.floats(-1, 1).map(lambda x: round(x, 6))


def tables(rows: st.SearchStrategy[int], columns: st.SearchStrategy[int]):
    return st.tuples(rows, columns).flatmap(lambda shape: arrays(float, shape, elements=numbers))


def claimed(table: np.ndarray) -> int:
    """Count the rows that are marked as different from the best."""
    order = np.argsort(-np.nanmean(table, 1), kind="stable")
    return int((against(table[order], 0, residual(table)) < 0.05).sum())


@given(tables(st.just(2), st.integers(2, 6)))
def test_two_configurations_are_compared_by_the_paired_t_test(table: np.ndarray) -> None:
    assume(np.std(table[0] - table[1]) > 1e-4)
    expected = stats.ttest_rel(table[0], table[1]).pvalue
    assert pairwise(table, residual(table))[0, 1] == pytest.approx(expected, rel=1e-6)


@given(arrays(float, st.integers(2, 9), elements=numbers))
def test_the_interval_is_students(values: np.ndarray) -> None:
    assume(np.std(values) > 1e-4)
    expected = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert interval(values.tolist()) == pytest.approx(expected)


@given(st.floats(0, 1), st.integers(2, 12))
def test_equal_values_have_an_interval_without_width(value: float, n: int) -> None:
    assert interval([value] * n) == (value, value)


@given(arrays(float, st.integers(2, 9), elements=numbers), st.integers(2, 4))
def test_groups_count_and_not_their_reviews(values: np.ndarray, copies: int) -> None:
    alone = paired_interval(values)
    assert alone == pytest.approx(interval(values.tolist()), abs=1e-9)
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


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_rule_rejects(ps: list[float]) -> None:
    rejected: set[int] = set()
    for step, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        if ps[i] * (len(ps) - step) > 0.05:
            break
        rejected.add(i)
    assert {i for i, p in enumerate(holm(np.array(ps))) if p <= 0.05} == rejected


def test_what_is_not_tested_is_no_member_of_the_family() -> None:
    np.testing.assert_allclose(holm(np.array([NAN, 0.01, 0.04])), [NAN, 0.02, 0.04])


def test_without_noise_a_tie_is_a_tie_and_a_difference_is_one() -> None:
    table = np.array([[0.9, 0.8], [0.9, 0.8], [0.7, 0.6]])
    np.testing.assert_array_equal(against(table, 0, residual(table)), [NAN, 1.0, 0.0])


@pytest.mark.parametrize(
    "table",
    [
        [[0.9, NAN], [NAN, 0.1]],
        [[0.9], [0.1]],
        [[0.9, 0.8], [0.1, NAN]],
        [[0.9, 0.8, NAN, NAN], [NAN, NAN, 0.1, 0.2]],
    ],
    ids=["no shared seed", "one seed", "one shared seed", "different seeds"],
)
def test_fewer_than_two_shared_seeds_claim_nothing(table: list[list[float]]) -> None:
    values = np.array(table)
    assert np.isnan(against(values, 0, residual(values))).all()


@settings(max_examples=25)
@given(tables(st.integers(2, 5), st.integers(2, 5)), st.randoms())
def test_the_order_of_seeds_does_not_matter(table: np.ndarray, random) -> None:
    order = random.sample(range(table.shape[1]), table.shape[1])
    one, two = (pairwise(t, residual(t)) for t in (table, table[:, order]))
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-9)


def simulated(configurations: int, tables: int, seeds: int = 5) -> int:
    """Count the tables of identical configurations in which a row is marked as different."""
    random = np.random.default_rng(2)
    noise = random.normal(0, 0.01, (tables, configurations, seeds))
    shared = random.normal(0, 0.02, (tables, 1, seeds))
    return sum(claimed(table) > 0 for table in 0.8 + noise + shared)


def test_two_identical_configurations_are_seldom_told_to_differ() -> None:
    assert simulated(2, 200) <= 17


def test_of_ten_identical_configurations_choosing_the_best_after_looking_adds_no_claims() -> None:
    assert simulated(10, 400) <= 28  # 20 are expected at most; 1 of 30 repetitions exceeds 28


@pytest.mark.parametrize(("count", "n"), [(0, 1), (1, 1), (3, 10), (0, 50), (499, 500)])
def test_the_interval_of_a_share_is_that_of_scipy(count: int, n: int) -> None:
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert wilson(count, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_of_no_reviews_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
