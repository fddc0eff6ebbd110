"""The part of a mean's uncertainty that comes from the validation reviews."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.reporting.folders import config, run

from reviewlab.nn.objectives.decision import decide
from reviewlab.reporting.review_noise import (
    ReviewNoise,
    _decide,
    clusters,
    half_width,
    review_noise,
)
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.statistics import paired_interval
from reviewlab.runs.validation import Validation, ValidationReviews, write_validation

LABELS = np.arange(200) % 2
REVIEWS = ValidationReviews(LABELS, np.arange(200))


def answers(right: np.ndarray) -> np.ndarray:
    """Probabilities of two classes, so that the given reviews are right."""
    predicted = np.where(right, LABELS, 1 - LABELS)
    return np.eye(2)[predicted] * 0.8 + 0.1


def rows(
    folder: Path, right: np.ndarray, reviews: ValidationReviews = REVIEWS, **settings: object
) -> Iterator[Row]:
    """Write a run for each row of `right`, bool `[runs, reviews]`, and read it."""
    for seed, one in enumerate(right):
        made = run(folder / str(seed), config(seed=seed, **settings), float(one.mean()))
        write_validation(made, Validation(1, answers(one).astype(np.float16), reviews))
        yield read_row(made, "val/accuracy")


def drawn(seeds: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((seeds, 200)) < 0.8


def test_one_run_has_the_interval_of_a_mean_over_reviews(tmp_path: Path) -> None:
    right = drawn(1)
    found = review_noise([*rows(tmp_path, right)], "val/accuracy")
    assert found is not None
    low, high = paired_interval(right[0].astype(float)) or (0, 0)
    assert found == ReviewNoise(pytest.approx((high - low) / 2), None)


def test_the_spread_of_single_answers_counts_once() -> None:
    """Runs that answer independently share nothing, so other reviews would change nothing more."""
    rng = np.random.default_rng(0)
    numbers = np.arange(2000)
    independent = rng.normal(size=(5, 2000))
    shared = np.broadcast_to(rng.normal(size=2000), (5, 2000))
    alone = 1.96 / np.sqrt(2000)
    assert half_width(independent, numbers) < 0.5 * alone / np.sqrt(5)
    assert half_width(shared, numbers) == pytest.approx(alone, rel=0.05)


def test_the_interval_covers_the_mean_over_other_seeds_and_reviews() -> None:
    rng, covered, alone = np.random.default_rng(3), 0, 0
    for _ in range(300):
        seeds, reviews = rng.normal(0, 0.02, (3, 1)), rng.normal(0, 0.4, 400)
        scores = seeds + reviews + rng.normal(0, 0.3, (3, 400))
        means = scores.mean(1)
        of_seeds = 4.303 * means.std(ddof=1) / np.sqrt(3)
        half = np.hypot(of_seeds, half_width(scores, np.arange(400)))
        covered += abs(means.mean()) <= half
        alone += abs(means.mean()) <= of_seeds
    assert covered / 300 >= 0.94
    assert alone / 300 < 0.94


def test_reviews_of_one_group_go_together() -> None:
    scores = np.repeat(np.random.default_rng(0).normal(size=(1, 50)), 10, axis=1)
    groups = np.repeat(np.arange(50), 10)
    low, high = paired_interval(scores[0], groups) or (0, 0)
    assert half_width(scores, groups) == pytest.approx((high - low) / 2)
    assert half_width(scores, groups) > 2.5 * half_width(scores, np.arange(500))
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


def test_each_distinct_text_is_counted_once_where_texts_repeat(tmp_path: Path) -> None:
    right = np.ones((2, 200), bool)
    right[:, 100:] = False
    texts = np.minimum(np.arange(200), 100)  # the second half says the same
    found = review_noise([*rows(tmp_path, right, REVIEWS._replace(texts=texts))], "val/accuracy")
    assert found is not None
    assert found.distinct == pytest.approx(100 / 101)


def test_nothing_is_said_without_the_answers_to_the_same_reviews(tmp_path: Path) -> None:
    right = drawn(2)
    one, two = rows(tmp_path / "a", right)
    other = REVIEWS._replace(places=np.arange(200) + 1)
    (third,) = rows(tmp_path / "b", right[:1], other)
    assert review_noise([one, two], "val/accuracy") is not None
    assert review_noise([one, third], "val/accuracy") is None
    assert review_noise([one, two], "val/f1_macro") is None
    assert review_noise([one, two], "test/accuracy") is None
    without = run(tmp_path / "c", config(), 0.8)
    assert review_noise([one, read_row(without, "val/accuracy")], "val/accuracy") is None


def test_answers_that_do_not_give_the_metric_are_not_used(tmp_path: Path) -> None:
    made = run(tmp_path / "run", config(), 0.5)
    write_validation(made, Validation(1, answers(drawn(1)[0]).astype(np.float16), REVIEWS))
    assert review_noise([read_row(made, "val/accuracy")], "val/accuracy") is None


@pytest.mark.parametrize("decision", ["mode", "median", "mean"])
def test_classes_are_chosen_as_in_training(decision: str) -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(5), 500).astype(np.float16)
    answers = Validation(0, probabilities, REVIEWS)
    wanted = decide(torch.from_numpy(probabilities).float(), decision)
    assert np.array_equal(_decide(answers, decision), wanted.numpy())


@pytest.mark.parametrize(
    ("metric", "scores"),
    [("val/mae", [0.0, 1.0, 1.0]), ("val/loss", -np.log([0.75, 0.25, 0.125]))],
)
def test_other_means_over_reviews_have_their_scores(
    tmp_path: Path, metric: str, scores: list[float]
) -> None:
    reviews = ValidationReviews(np.array([0, 1, 2]), np.arange(3))
    probabilities = np.array([[0.75, 0.25, 0], [0.75, 0.25, 0], [0.125, 0.75, 0.125]], np.float16)
    best = {"epoch": 1, metric: float(np.mean(scores))}
    made = run(tmp_path / "run", config(), best=best)
    write_validation(made, Validation(1, probabilities, reviews))
    found = review_noise([read_row(made, metric)], metric)
    low, high = paired_interval(np.array(scores)) or (0, 0)
    assert found is not None
    assert found.half == pytest.approx((high - low) / 2, rel=1e-3)
