"""The comparison with the best: rows that are worse are left out, with their pairs and noise."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reporting.test_sequential import seen, tables

from reviewlab.reporting.comparisons import holm
from reviewlab.reporting.prospects import prospects
from reviewlab.reporting.sequential import all_pairs
from reviewlab.reporting.statistics import LEVEL
from reviewlab.reporting.step_down import PairTests, adjust, against, compete
from reviewlab.reporting.verdicts import marks

CLOSE = np.array([[0.90, 0.91, 0.92], [0.89, 0.92, 0.90]])


def best(values: np.ndarray) -> int:
    return int(values.mean(1).argmax())


def full(values: np.ndarray) -> PairTests:
    """Tests of a table whose seeds were all planned, and all have ended."""
    return PairTests(seen(values, values.shape[1]), best(values))


def noise(rows: int, seeds: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, seeds))


@given(st.integers(2, 8), st.randoms(use_true_random=False))
def test_a_row_is_worse_in_the_first_step_in_which_holm_says_so(count: int, random) -> None:
    p = np.array([[random.random() ** 6 for _ in range(count)] for _ in range(count)])
    p = np.fmin(p, p.T)
    rows = [*range(count)]
    while True:
        pairs = [(i, j) for i in rows for j in rows if i < j]
        adjusted = dict(zip(pairs, holm(np.array([p[pair] for pair in pairs])), strict=True))
        worse = [row for row in rows[1:] if adjusted[0, row] < LEVEL]
        if not worse:
            break
        rows = [row for row in rows if row not in worse]
    found = compete(p, 0, np.ones(count, bool)).worse
    assert np.flatnonzero(~(found < LEVEL)).tolist() == rows


def test_a_row_that_is_left_out_later_has_no_smaller_p() -> None:
    p = np.full((3, 3), np.nan)
    p[0, 1], p[0, 2], p[1, 2] = 0.001, 0.04, 0.9
    p = np.fmax(p, p.T)
    first, later = compete(p, 0, np.ones(3, bool)).worse[1:]
    assert first == pytest.approx(0.003)
    assert later == pytest.approx(0.04)
    p[0, 1] = p[1, 0] = 0.016
    assert compete(p, 0, np.ones(3, bool)).worse[1:] == pytest.approx([0.048, 0.048])


@settings(max_examples=30)
@given(tables, st.integers(1, 3))
def test_rows_that_are_far_behind_change_no_verdict(values: np.ndarray, more: int) -> None:
    """However noisy they are: their pairs and their noise are left out."""
    assume(seen(values).left.variance > 1e-4)
    far = 100 * noise(more, values.shape[1]) - 1e5
    alone, beside = full(values), full(np.vstack([values, far]))
    verdicts = beside.contest.worse < LEVEL
    assert verdicts[len(values) :].all()
    assert (alone.contest.worse < LEVEL).tolist() == verdicts[: len(values)].tolist()


def test_a_far_row_is_tested_with_the_noise_of_all_and_the_others_without_it() -> None:
    values = np.vstack([noise(4, 5), 20 * noise(1, 5) - 1000])
    tests, every = full(values), all_pairs(seen(values))
    assert tests.near.contending is not None
    assert tests.near.contending.tolist() == [True] * 4 + [False]
    assert tests.now.p[tests.best, 4] == every.p[tests.best, 4]
    np.testing.assert_array_equal(tests.now.p[:4, :4], all_pairs(seen(values[:4])).p)


@pytest.mark.parametrize("far", [1, 4])
def test_two_good_rows_are_seldom_told_to_differ_beside_rows_that_are_far_behind(far: int) -> None:
    """4 per cent are expected at most, as without the other rows."""
    shift = np.array([[0.0], [0.0], *[[-30.0]] * far])
    drawn = [noise(2 + far, 5, seed) + shift for seed in range(600)]
    told = [(full(values).contest.worse[:2] < LEVEL).any() for values in drawn]
    assert 0.02 < np.mean(told) <= 0.06


@pytest.mark.parametrize("distance", [0.5, 1.0, 2.0, 3.0])
def test_the_best_of_rows_that_fall_out_one_by_one_is_seldom_called_worse(distance: float) -> None:
    means = np.array([[0.0], [0.0], [0.0], *[[-distance]] * 5])
    drawn = [noise(8, 5, seed) + means for seed in range(200)]
    told = [(full(values).contest.worse[:3] < LEVEL).any() for values in drawn]
    assert np.mean(told) <= 0.06


@pytest.mark.parametrize(("seeds", "most"), [(5, 0.08), (10, 0.04)])
def test_a_noisy_row_is_seldom_told_from_steady_ones(seeds: int, most: float) -> None:
    """Its own variance counts. One variance for all rows would do so in 16 and 14 per cent."""
    scale = np.array([[8.0], *[[1.0]] * 7])
    drawn = [scale * noise(8, seeds, seed) for seed in range(300)]
    told = [(full(values).contest.worse < LEVEL).any() for values in drawn]
    assert np.mean(told) <= most


def test_pairs_of_rows_that_are_not_compared_have_no_p_value() -> None:
    adjusted = adjust(np.full((3, 3), 0.01), np.array([True, False, True]))
    assert adjusted[0, 2] == adjusted[2, 0] == 0.01
    assert np.isnan(adjusted[1]).all()


def test_nothing_is_claimed_about_a_single_row() -> None:
    assert np.isnan(against(seen(CLOSE[:1], 3), 0)).all()


@pytest.mark.parametrize(("plan", "tested"), [(None, 1), (3, 1), (2, 2)])  # of 3 seeds
def test_marks_and_prospects_share_the_tests_of_all_pairs(plan: int | None, tested: int) -> None:
    tests = PairTests(seen(CLOSE, plan))
    with mock.patch("reviewlab.reporting.step_down.all_pairs", wraps=all_pairs) as computed:
        worse = [mark.p for mark in marks(tests, margin=None)]
        prospects(tests, [True] * len(CLOSE), "max", None)
    assert computed.call_count == tested
    assert worse[1:] == pytest.approx(against(tests.table, 0)[1:].tolist())
