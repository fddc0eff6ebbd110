"""Numbers of seeds, checked against scipy's noncentral t and by simulated leaderboards."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct, t
from tests.reporting.test_equivalence import seen

from reviewlab.reporting.equivalence import equal_to
from reviewlab.reporting.power import (
    MOST,
    Noise,
    measure_noise,
    planned,
    planned_noise,
    seeds_needed,
    smallest_found,
)
from reviewlab.reporting.sequential import LOOK, UNPLANNED, look_factor
from reviewlab.reporting.step_down import against

CELL = np.array([[1.0, 2.0, 3.0], [0.0, 2.0, 1.0], [0.5, 0.5, 0.5]])


def noise(deviation: float, rows: int = 2) -> Noise:
    """The noise of `rows` configurations whose single runs have this standard deviation."""
    one = np.full(rows, deviation)
    return Noise(np.sqrt(2) * one, one, np.full(rows, rows - 1))


def needed(difference: float, deviation: float = 1.0, **changes: object) -> float:
    arguments = {"pairs": 1, "margin": None, "factor": planned, **changes}
    return float(seeds_needed(np.array([0.0, difference]), noise(deviation), **arguments)[1])


@pytest.mark.parametrize("difference", [0.8, 1.4, 2.4, 4.0])
def test_the_number_is_the_first_with_enough_power(difference: float) -> None:
    def power(seeds: float) -> float:
        freedom, shift = seeds - 1, difference / np.sqrt(2 / seeds)
        return float(nct.sf(t.ppf(1 - 0.04 / 2, freedom), freedom, shift))

    found = needed(difference)
    assert power(found) >= 0.8 > power(found - 1)


def test_the_leaderboard_decides_as_often_as_promised() -> None:
    rng, sweeps = np.random.default_rng(5), 400
    for lead in (1.5, 2.5):
        seeds = int(needed(lead))
        values = rng.normal(size=(sweeps, 2, seeds)) - np.array([0, lead])[:, None]
        worse = [against(seen(one, seeds), 0)[1] < 0.05 for one in values]
        assert np.mean(worse) == pytest.approx(0.85, abs=0.09)  # the next number is already enough


def test_equality_within_a_margin_is_a_decision_as_well() -> None:
    rng = np.random.default_rng(6)
    seeds = int(needed(0.0, margin=2.0))
    assert needed(0.0) == np.inf
    values = rng.normal(size=(400, 2, seeds))
    equal = [equal_to(seen(one, seeds), 0, 2.0)[1] < 0.05 for one in values]
    assert np.mean(equal) == pytest.approx(0.85, abs=0.09)


@given(
    st.floats(0.01, 5), st.floats(0.01, 3), st.floats(1e-3, 1e3), st.sampled_from([None, 0.5, 2.0])
)
def test_units_do_not_matter(
    difference: float, deviation: float, scale: float, margin: float | None
) -> None:
    one = needed(difference, deviation, margin=margin)
    scaled = None if margin is None else scale * margin
    assert needed(scale * difference, scale * deviation, margin=scaled) == pytest.approx(one, abs=1)


@given(st.floats(0.05, 5), st.floats(0.1, 3), st.floats(1, 3))
def test_noise_and_pairs_cost_seeds(difference: float, deviation: float, more: float) -> None:
    one = needed(difference, deviation)
    assert needed(difference, more * deviation) >= one
    assert needed(difference, deviation, pairs=10) >= one
    assert needed(difference, deviation, factor=partial(look_factor, plan=3)) >= one
    assert needed(difference, deviation, factor=partial(look_factor, plan=None)) >= one


def test_looking_costs_what_the_marks_charge() -> None:
    seeds = np.array([2.0, 5.0, 10.0])
    assert look_factor(seeds, 5).tolist() == [LOOK * 2.5, LOOK, LOOK * 2]
    assert look_factor(seeds, None) == pytest.approx(
        [UNPLANNED * 1.5, UNPLANNED * 5 / 3, UNPLANNED * 10 / 3]
    )


def test_few_differences_need_more_seeds_than_anyone_has() -> None:
    assert needed(1e-3) == np.inf
    assert needed(0.2) < MOST


def test_folds_of_the_same_reviews_cannot_settle_everything() -> None:
    made = replace(noise(1.0), overlap=0.25)
    difference = np.array([0.0, 0.9])
    alone = seeds_needed(difference, noise(1.0), 1, None, planned)[1]
    assert seeds_needed(difference, made, 1, None, planned)[1] == np.inf > alone


def test_the_noise_of_a_pair_is_that_of_the_test() -> None:
    both = measure_noise(seen(CELL[:2]), 0)
    left = seen(CELL[:2]).left
    assert both.deviation[1] == pytest.approx(np.sqrt(2 * left.variance))
    assert both.of_a_run[1] == pytest.approx(np.sqrt(left.variance))
    beside_fixed = measure_noise(seen(CELL, fixed=(2,)), 0)
    assert (
        beside_fixed.deviation[2] == beside_fixed.of_a_run[2] == pytest.approx(CELL[0].std(ddof=1))
    )
    fixed_best = measure_noise(seen(CELL, fixed=(2,)), 2)
    assert fixed_best.deviation[:2] == pytest.approx(CELL[:2].std(1, ddof=1))
    assert np.isnan(fixed_best.deviation[2])


@pytest.mark.parametrize("seeds", [2, 5, 20])
def test_the_smallest_difference_found_needs_just_these_seeds(seeds: int) -> None:
    made = planned_noise(0.01, 4)
    found = smallest_found(seeds, made, 6)
    assert seeds_needed(np.array([1.001 * found]), made, 6, None, planned)[0] == seeds
    assert seeds_needed(np.array([0.98 * found]), made, 6, None, planned)[0] > seeds
