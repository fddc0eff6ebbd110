"""Student's tests of configurations, checked against scipy.stats."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reviewlab.reporting.comparisons import beside_fixed, holm, pairwise, student_p
from reviewlab.reporting.statistics import Residual, residual

NAN = np.nan
numbers = st.floats(-1, 1).map(lambda x: round(x, 6))


def tables(rows: st.SearchStrategy[int], columns: st.SearchStrategy[int]):
    return st.tuples(rows, columns).flatmap(lambda shape: arrays(float, shape, elements=numbers))


@given(tables(st.just(2), st.integers(2, 8)), st.integers(2, 10))
def test_folds_have_the_corrected_resampled_variance(table: np.ndarray, folds: int) -> None:
    """Nadeau and Bengio (2003) give t = mean / sqrt((1/n + 1/(k - 1)) s²) of paired differences."""
    differences = table[0] - table[1]
    assume(np.std(differences) > 1e-4)
    n = len(differences)
    error = np.std(differences, ddof=1) * np.sqrt(1 / n + 1 / (folds - 1))
    expected = 2 * stats.t.sf(abs(differences.mean()) / error, n - 1)
    p = pairwise(table, residual(table), 1 / (folds - 1)).p[0, 1]
    assert p == pytest.approx(expected, rel=1e-6)


@given(tables(st.just(2), st.integers(2, 6)))
def test_two_configurations_are_compared_by_the_paired_t_test(table: np.ndarray) -> None:
    assume(np.std(table[0] - table[1]) > 1e-4)
    expected = stats.ttest_rel(table[0], table[1]).pvalue
    tests = pairwise(table, residual(table))
    assert tests.p[0, 1] == pytest.approx(expected, rel=1e-6)
    assert tests.difference[0, 1] == pytest.approx((table[0] - table[1]).mean())
    assert tests.seeds[0, 1] == table.shape[1]


@settings(max_examples=25)
@given(tables(st.integers(2, 5), st.integers(2, 5)), st.randoms())
def test_the_order_of_seeds_does_not_matter(table: np.ndarray, random) -> None:
    order = random.sample(range(table.shape[1]), table.shape[1])
    one, two = (pairwise(t, residual(t)).p for t in (table, table[:, order]))
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-9)


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
    assert np.isnan(pairwise(values, residual(values)).p[0, 1])


def test_without_noise_a_tie_is_a_tie_and_a_difference_is_one() -> None:
    np.testing.assert_array_equal(
        student_p(np.array([0.0, 0.1]), np.full(2, 3), Residual(0.0, 2)), [1.0, 0.0]
    )


def test_without_degrees_of_freedom_nothing_is_known() -> None:
    assert np.isnan(student_p(np.array([0.1]), np.array([3]), Residual(NAN, 0))).all()


def test_a_fixed_value_is_compared_by_the_one_sample_t_test() -> None:
    table = np.array([[0.5, 0.5, 0.5, NAN], [0.4, 0.6, 0.7, 0.5], [0.6, 0.6, NAN, NAN]])
    fixed = np.array([True, False, True])
    tests = beside_fixed(pairwise(table, residual(table[~fixed])), table, fixed)
    expected = stats.ttest_1samp(table[1], 0.5).pvalue
    assert tests.p[0, 1] == tests.p[1, 0] == pytest.approx(expected)
    assert tests.difference[1, 0] == -tests.difference[0, 1] == pytest.approx(0.05)
    assert tests.seeds[0, 1] == tests.seeds[1, 0] == 4  # the fixed value's seeds add nothing
    assert np.isnan(tests.p[0, 2])


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
