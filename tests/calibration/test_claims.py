"""False claims about identical configurations, on pools whose noise is known."""

import numpy as np
import pytest

from reviewlab.calibration import claims
from reviewlab.calibration.claims import (
    Shape,
    covered,
    ever_worse,
    false_equal,
    false_worse,
    false_worse_beside_others,
    measure,
)
from reviewlab.calibration.pool import Pool
from reviewlab.exceptions import InputError


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RESAMPLES", 5)


def noise(seeds: int, folds: int = 1) -> np.ndarray:
    return np.random.default_rng(3).normal(0.8, 0.01, (seeds, folds))


def test_independent_runs_are_seldom_told_apart() -> None:
    share = measure([Pool(noise(400), 0.0)], false_worse(Shape(2, 5)), tables=150)
    assert share.value == pytest.approx(0.04, abs=3 * share.error)
    assert 0.005 < share.error < 0.05


def test_the_correction_makes_claims_rarer() -> None:
    pool = Pool(noise(100, 5), 1 / 4)
    plain, corrected = (
        measure([pool], false_worse(Shape(2, 3), overlap), 60) for overlap in (0, 1 / 4)
    )
    assert corrected.value < plain.value


def test_folds_of_one_seed_that_go_together_deceive_the_test_without_correction() -> None:
    """With a difference that all folds of a seed share, 15 runs are worth only 3."""
    values = noise(200, 5) + np.random.default_rng(4).normal(0, 0.01, (200, 1))
    pool = Pool(values, 1 / 4)
    assert measure([pool], false_worse(Shape(2, 3)), 60).value > 0.1
    assert measure([pool], false_worse(Shape(2, 3), pool.overlap), 60).value < 0.06


def test_a_pool_with_too_few_seeds_is_refused() -> None:
    with pytest.raises(InputError, match=r"--seeds: 3 configurations with 4 seeds need 12 .* 3$"):
        measure([Pool(noise(10), 0.0)], false_worse(Shape(3, 4)), 10)


def test_seeds_may_be_added_until_something_is_worse() -> None:
    share = measure([Pool(noise(400), 0.0)], ever_worse(2, 5), tables=60)
    assert share.value <= 0.05 + 2 * share.error


@pytest.mark.parametrize("margin", [1.0, 3.0])
def test_a_difference_of_the_margin_is_seldom_called_equal(margin: float) -> None:
    share = measure([Pool(noise(400), 0.0)], false_equal(Shape(3, 10), margin), tables=150)
    assert share.value <= 0.05 + 2 * share.error


def test_equally_good_rows_are_seldom_told_apart_even_if_one_is_far_noisier() -> None:
    pools = [Pool(noise(300), 0.0)] * 7
    pools.append(Pool(0.8 + 10 * (noise(300) - 0.8), 0.0))
    share = measure(pools, false_worse_beside_others(Shape(8, 5)), 300)
    assert share.value <= 0.05 + 2 * share.error


def test_the_standard_error_is_at_least_that_of_drawing_tables() -> None:
    share = measure([Pool(noise(300), 0.0)], lambda _, random: bool(random.random() < 0.1), 1000)
    assert share.error == pytest.approx(np.sqrt(share.value * (1 - share.value) / 1000), rel=0.5)
    assert share.error >= np.sqrt(share.value * (1 - share.value) / 1000)


def test_pools_of_other_means_are_shifted_to_the_same_one() -> None:
    pools = [Pool(noise(300) + shift, 0.0) for shift in (0.0, -0.1, -0.2)]
    share = measure(pools, false_worse_beside_others(Shape(3, 5)), 200)
    assert share.value <= 0.05 + 2 * share.error


def test_intervals_cover_the_mean_of_their_pool() -> None:
    share = measure([Pool(noise(400), 0.0)], covered(5), tables=300)
    assert share.value == pytest.approx(0.97, abs=0.03)


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_they_cover_it_where_noise_is_as_skewed_as_that_of_trainings(seeds: int) -> None:
    """Half of the pools of `make calibrate` have a skew of 1.1 or more; this one has 1.3."""
    skewed = -np.random.default_rng(0).gamma(2.4, size=(500, 1))
    share = measure([Pool(skewed, 0.0)], covered(seeds), tables=1000)
    assert 0.93 <= share.value <= 0.97


def test_tables_come_from_every_pool() -> None:
    """Of two pools, one always answers the same, so that its interval has no width."""
    pools = [Pool(noise(200), 0.0), Pool(np.full((200, 1), 0.8), 0.0)]
    wide = measure(pools[:1], lambda drawn, _: drawn[0].values.std() > 1e-6, 20)
    both = measure(pools, lambda drawn, _: drawn[0].values.std() > 1e-6, 100)
    assert wide.value == 1.0
    assert both.value == pytest.approx(0.5, abs=0.2)
