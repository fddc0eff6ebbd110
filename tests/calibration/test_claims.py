"""False claims about identical configurations, on pools whose noise is known."""

import numpy as np
import pytest

from reviewlab.calibration import claims
from reviewlab.calibration.claims import Shape, false_worse
from reviewlab.calibration.pool import Pool
from reviewlab.exceptions import InputError


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RESAMPLES", 5)


def noise(seeds: int, folds: int = 1) -> np.ndarray:
    return np.random.default_rng(3).normal(0.8, 0.01, (seeds, folds))


def test_independent_runs_are_seldom_told_apart() -> None:
    share = false_worse(Pool(noise(400), 0.0), Shape(2, 5), tables=150, overlap=0.0)
    assert share.value == pytest.approx(0.04, abs=3 * share.error)
    assert 0.005 < share.error < 0.05


def test_the_correction_makes_claims_rarer() -> None:
    pool = Pool(noise(100, 5), 1 / 4)
    plain, corrected = (false_worse(pool, Shape(2, 3), 60, overlap) for overlap in (0, 1 / 4))
    assert corrected.value < plain.value


def test_folds_of_one_seed_that_go_together_deceive_the_test_without_correction() -> None:
    """With a difference that all folds of a seed share, 15 runs are worth only 3."""
    values = noise(200, 5) + np.random.default_rng(4).normal(0, 0.01, (200, 1))
    pool = Pool(values, 1 / 4)
    assert false_worse(pool, Shape(2, 3), 60, 0.0).value > 0.1
    assert false_worse(pool, Shape(2, 3), 60, pool.overlap).value < 0.06


def test_a_pool_with_too_few_seeds_is_refused() -> None:
    with pytest.raises(InputError, match=r"--seeds: 3 configurations with 4 seeds need 12 .* 3$"):
        false_worse(Pool(noise(10), 0.0), Shape(3, 4), 10, 0.0)
