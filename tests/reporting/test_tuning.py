"""Tuning curves equal those of the package opda, and their bands keep their promise."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opda import utils
from opda.nonparametric import EmpiricalDistribution

from reviewlab.reporting.cdf_bands import intervals, joint_probability, pointwise_level
from reviewlab.reporting.tuning import TuningCurve, tuning_curve

TRIALS = [1, 2, 3, 4, 8, 16, 32, 64]
CONFIDENCE = 0.95
MODES = ["max", "min"]
values_of_trials = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def curve(values: Sequence[float], mode: str, trials: Sequence[int] = TRIALS) -> TuningCurve:
    return tuning_curve(values, trials, mode, (0.0, 1.0), CONFIDENCE)


def drawn(n: int) -> list[float]:
    return np.random.default_rng(n).beta(8, 2, n).tolist()


def of_opda(lower: np.ndarray, upper: np.ndarray, values: list[float], mode: str) -> np.ndarray:
    """Return the lower end, the median and the upper end by opda, from bounds of the CDF."""
    extended = np.array([0.0, *sorted(values), 1.0])
    highest = np.diff([*upper, 1.0], prepend=[0.0], append=[1.0])
    lowest = np.diff([0.0, *lower], prepend=[0.0], append=[1.0])
    bands = (
        EmpiricalDistribution(extended, ws=highest, a=0.0, b=1.0),
        EmpiricalDistribution(values, a=0.0, b=1.0),
        EmpiricalDistribution(extended, ws=lowest, a=0.0, b=1.0),
    )
    return np.array([one.quantile_tuning_curve(TRIALS, 0.5, mode == "min") for one in bands])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [1, 3, 5, 9, 36, 37])
def test_the_curve_and_its_band_are_those_of_opda(n: int, mode: str) -> None:
    """Opda simulates the level of its band, so both use the exact level here."""
    values = drawn(n)
    ranks = np.arange(1, n + 1)
    level = pointwise_level(n, CONFIDENCE)
    lower, upper = utils.beta_equal_tailed_interval(ranks, n + 1 - ranks, level)
    ours, theirs = curve(values, mode), of_opda(lower, upper, values, mode)
    assert np.abs(np.array([ours.lower, ours.median, ours.upper]) - theirs).max() < 1e-9
    assert np.abs(np.array(intervals(n, level)) - [lower, upper]).max() < 1e-9


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [3, 9, 37])
def test_the_band_is_the_one_that_opda_simulates(n: int, mode: str) -> None:
    values = drawn(n)
    bands = EmpiricalDistribution.confidence_bands(
        values,
        CONFIDENCE,
        *(0.0, 1.0),
        method="ld_equal_tailed",
        generator=np.random.default_rng(0),
        n_jobs=1,
    )
    lowest, point, highest = (
        one.quantile_tuning_curve(TRIALS, 0.5, mode == "min") for one in bands
    )
    ours = curve(values, mode)
    assert np.abs(ours.median - point).max() < 1e-9
    assert np.abs(ours.lower - highest).max() < 1e-9
    assert np.abs(ours.upper - lowest).max() < 1e-9


def test_the_level_that_opda_simulates_is_the_exact_one_up_to_its_noise() -> None:
    n, ranks = 9, np.arange(1, 10)
    draws = np.sort(np.random.default_rng(1).random((100_000, n)), axis=1)
    coverage = utils.beta_equal_tailed_coverage(ranks, n + 1 - ranks, draws).max(1)
    simulated = float(np.quantile(coverage, CONFIDENCE))
    assert joint_probability(*intervals(n, simulated)) == pytest.approx(CONFIDENCE, abs=0.003)


@given(values_of_trials, st.sampled_from(MODES), st.randoms())
def test_the_order_of_the_trials_does_not_matter(
    values: list[float], mode: str, random: np.random.RandomState
) -> None:
    shuffled = [*values]
    random.shuffle(shuffled)
    one, other = curve(values, mode), curve(shuffled, mode)
    for name in ("median", "lower", "upper"):
        assert (getattr(one, name) == getattr(other, name)).all()


@given(values_of_trials, st.sampled_from(MODES))
def test_more_trials_are_never_worse_and_the_band_contains_the_curve(
    values: list[float], mode: str
) -> None:
    made = curve(values, mode)
    sign = 1 if mode == "max" else -1
    for part in (made.lower, made.median, made.upper):
        assert (sign * np.diff(part) >= 0).all()
    assert (made.lower <= made.median).all()
    assert (made.median <= made.upper).all()
    assert {*made.median} <= {*values}


@given(values_of_trials)
def test_the_smallest_of_values_is_the_largest_of_their_negatives(values: list[float]) -> None:
    low = tuning_curve(values, TRIALS, "min", (0.0, 1.0), CONFIDENCE)
    high = tuning_curve([-v for v in values], TRIALS, "max", (-1.0, 0.0), CONFIDENCE)
    assert (low.lower == -high.upper).all()
    assert (low.upper == -high.lower).all()


def test_after_one_trial_it_is_the_median_and_later_the_best() -> None:
    made = curve([0.1, 0.5, 0.9], "max")
    assert made.median.tolist()[:2] == [0.5, 0.9]
    assert curve([0.1, 0.5, 0.9], "min").median.tolist()[:2] == [0.5, 0.1]


def test_trials_without_a_value_count_as_the_worst() -> None:
    lost = tuning_curve([0.4, np.inf, np.inf], [1, 2, 3], "min", (0.0, np.inf), CONFIDENCE)
    assert lost.median.tolist() == [np.inf, 0.4, 0.4]


@pytest.mark.parametrize(("n", "mode"), [(4, "max"), (12, "min"), (36, "max")])
def test_the_band_holds_the_whole_true_curve_as_often_as_it_says(n: int, mode: str) -> None:
    trials = [*range(1, n + 1)]
    half = 0.5 ** (1 / np.array(trials))
    true = half if mode == "max" else 1 - half  # of uniform numbers
    samples = np.random.default_rng(n).random((2_000, n))
    held = 0
    for sample in samples:
        made = tuning_curve(sample.tolist(), trials, mode, (0.0, 1.0), CONFIDENCE)
        held += bool(((made.lower <= true) & (true <= made.upper)).all())
    assert held / len(samples) >= 0.94
