"""The interval of a mean from its two sources."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewlab.reporting.interval import MeanInterval, mean_interval
from reviewlab.reporting.review_sums import ReviewNoise
from reviewlab.reporting.rows import Row
from reviewlab.reporting.statistics import interval

ONE = Row(Path(), "done", value=0.8, best={"val/accuracy": 0.8})
REVIEWS = ReviewNoise(0.03, None)


def group(*values: float) -> list[Row]:
    return [replace(ONE, value=one, best={"val/accuracy": one}) for one in values]


def test_the_parts_add_up_as_squares() -> None:
    found = mean_interval(group(0.8, 0.82, 0.81), 1.0, REVIEWS)
    low, high = interval([0.8, 0.82, 0.81]) or (0, 0)
    assert found is not None
    assert (found.seeds, found.reviews) == (pytest.approx((high - low) / 2), 0.03)
    assert found.half**2 == pytest.approx(found.seeds**2 + 0.03**2)
    assert found.bounds == pytest.approx((0.81 - found.half, 0.81 + found.half))


def test_without_kept_answers_it_is_students_interval_over_seeds() -> None:
    found = mean_interval(group(0.8, 0.82, 0.81), 1.0, None)
    assert found is not None and found.reviews is None
    assert found.bounds == pytest.approx(interval([0.8, 0.82, 0.81]))


def test_a_model_that_ignores_its_seed_varies_with_the_reviews_alone() -> None:
    assert mean_interval(group(0.8, 0.8), 1.0, REVIEWS) == MeanInterval(0.8, None, 0.03)
    assert mean_interval(group(0.8, 0.8), 1.0, None) is None


def test_one_seed_says_nothing_about_others() -> None:
    assert mean_interval(group(0.8), 1.0, REVIEWS) is None


def test_an_interval_wider_than_the_metric_is_not_shown() -> None:
    assert mean_interval(group(0.0, 0.9), 1.0, REVIEWS) is None
    assert mean_interval(group(0.0, 0.9), None, REVIEWS) is not None
