"""The answers of several runs to the same reviews, summed up run by run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from reviewlab.reporting.review_sums import ReviewSums, clusters
from reviewlab.reporting.statistics import interval, paired_interval
from reviewlab.runs.validation import ValidationReviews


def half_width(scores: np.ndarray, groups: np.ndarray | None = None) -> float | None:
    """Return half the interval of scores, `[runs, reviews]`."""
    places = np.arange(scores.shape[1])
    sums = ReviewSums(ValidationReviews(places, places, groups))
    for one in scores:
        sums.add(one)
    return sums.noise().half


@given(st.integers(1, 6), st.integers(2, 40), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_sums_run_by_run_are_the_formula_of_all_runs(
    runs: int, reviews: int, count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(runs, reviews))
    groups = np.unique(rng.integers(0, count, reviews), return_inverse=True)[1]
    count = int(groups.max()) + 1
    found = half_width(scores, groups)
    if count < 2:
        assert found is None
        return
    residuals = scores - scores.mean(1, keepdims=True)
    sums = np.array([np.bincount(groups, one, count) for one in residuals])
    of_answers = ((sums - sums.mean(0)) ** 2).sum() / max(runs * (runs - 1), 1)
    variance = max((sums.mean(0) ** 2).sum() - of_answers, 0.0) * count / (count - 1)
    wanted = stdtrit(count - 1, 0.975) * np.sqrt(variance) / reviews
    assert found == pytest.approx(wanted, abs=1e-6)  # the root of a difference that may be 0


def test_the_spread_of_single_answers_counts_once() -> None:
    """Runs that answer independently share nothing, so other reviews would change nothing more."""
    rng = np.random.default_rng(0)
    independent = rng.normal(size=(5, 2000))
    shared = np.broadcast_to(rng.normal(size=2000), (5, 2000))
    alone = 1.96 / np.sqrt(2000)
    assert half_width(independent) < 0.5 * alone / np.sqrt(5)
    assert half_width(shared) == pytest.approx(alone, rel=0.05)


def test_the_interval_covers_the_mean_over_other_seeds_and_reviews() -> None:
    rng, covered, alone = np.random.default_rng(3), 0, 0
    for _ in range(300):
        seeds, reviews = rng.normal(0, 0.02, (3, 1)), rng.normal(0, 0.4, 400)
        scores = seeds + reviews + rng.normal(0, 0.3, (3, 400))
        means = scores.mean(1)
        low, high = interval(means.tolist()) or (0.0, 0.0)
        half = np.hypot((high - low) / 2, half_width(scores))
        covered += abs(means.mean()) <= half
        alone += low <= 0 <= high
    assert covered / 300 >= 0.95
    assert alone / 300 < 0.95


def test_reviews_of_one_group_go_together() -> None:
    scores = np.repeat(np.random.default_rng(0).normal(size=(1, 50)), 10, axis=1)
    groups = np.repeat(np.arange(50), 10)
    low, high = paired_interval(scores[0], groups) or (0, 0)
    assert half_width(scores, groups) == pytest.approx((high - low) / 2)
    assert half_width(scores, groups) > 2.5 * half_width(scores)
    assert half_width(scores, np.zeros(500, int)) is None


@pytest.mark.parametrize(
    ("groups", "texts", "numbers"),
    [
        (None, None, [0, 1, 2, 3]),
        ([7, 7, 9, 9], None, [0, 0, 1, 1]),
        (None, [0, 1, 0, 2], [0, 1, 0, 2]),
        ([0, 0, 1, 2], [0, 1, 1, 3], [0, 0, 0, 1]),
    ],
)
def test_groups_and_texts_are_joined(groups: list, texts: list, numbers: list) -> None:
    parts = [None if part is None else np.array(part) for part in (groups, texts)]
    found = clusters(ValidationReviews(np.zeros(4, int), np.arange(4), *parts))
    assert found.tolist() == numbers
