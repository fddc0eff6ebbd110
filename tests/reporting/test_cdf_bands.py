"""The band around a distribution function holds as often as it says."""

import numpy as np
import pytest

from reviewlab.reporting.cdf_bands import (
    intervals,
    joint_probability,
    order_bounds,
    pointwise_level,
)


def test_one_draw_has_the_interval_of_a_uniform_number() -> None:
    lower, upper = order_bounds(1, 0.95)
    assert (*lower, *upper) == pytest.approx((0.025, 0.975))


def test_the_joint_probability_is_that_of_a_rectangle_or_a_triangle() -> None:
    """Of two uniform draws, the smaller is below 1/2 and the larger above it half of the time."""
    assert joint_probability(np.array([0.0, 0.5]), np.array([0.5, 1.0])) == pytest.approx(0.5)
    assert joint_probability(np.zeros(2), np.array([0.3, 1.0])) == pytest.approx(1 - 0.7**2)
    assert joint_probability(np.zeros(7), np.ones(7)) == pytest.approx(1)


@pytest.mark.parametrize("n", [2, 5, 40])
def test_the_joint_probability_is_what_a_simulation_finds(n: int) -> None:
    draws = np.sort(np.random.default_rng(n).random((40_000, n)), axis=1)
    lower, upper = intervals(n, 0.98)
    share = ((lower <= draws) & (draws <= upper)).all(1).mean()
    assert joint_probability(lower, upper) == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize("n", [1, 2, 9, 36, 200])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.995])
def test_the_bounds_hold_together_with_the_confidence(n: int, confidence: float) -> None:
    lower, upper = order_bounds(n, confidence)
    assert joint_probability(lower, upper) == pytest.approx(confidence, abs=1e-10)
    assert (np.diff(lower) > 0).all()
    assert (np.diff(upper) > 0).all()
    assert confidence <= pointwise_level(n, confidence) <= 1 - (1 - confidence) / n + 1e-12
