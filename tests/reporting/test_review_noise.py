"""The part of a mean's uncertainty that comes from the validation reviews."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.reporting.folders import config, run

from reviewlab.nn.objectives.decision import decide
from reviewlab.reporting import review_noise as noise_module
from reviewlab.reporting.review_noise import _decide, review_noise
from reviewlab.reporting.review_sums import ReviewNoise
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.statistics import paired_interval
from reviewlab.runs.validation import (
    Validation,
    ValidationReviews,
    read_validation,
    write_validation,
)

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


def test_a_run_that_is_added_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [*rows(tmp_path, drawn(4))]
    whole = review_noise([*rows(tmp_path / "again", drawn(4))], "val/accuracy")
    read: list[Path] = []

    def spy(folder: Path) -> Validation:
        read.append(folder)
        return read_validation(folder)

    monkeypatch.setattr(noise_module, "read_validation", spy)
    found = [review_noise(runs[: n + 1], "val/accuracy") for n in range(4)]
    assert [review_noise(runs[: n + 1], "val/accuracy") for n in (3, 3)] == [found[3]] * 2
    assert read == [row.folder for row in runs]
    assert found[3] == pytest.approx(whole)


def test_a_run_that_was_trained_again_is_read_again(tmp_path: Path) -> None:
    right = drawn(3)
    first = [*rows(tmp_path / "a", right)]
    before = review_noise(first, "val/accuracy")
    again = replace(next(rows(tmp_path / "b", ~right)), folder=first[0].folder, ended=1.0)
    write_validation(first[0].folder, read_validation(tmp_path / "b" / "0"))
    after = review_noise([again, *first[1:]], "val/accuracy")
    fresh = [*rows(tmp_path / "c", np.array([~right[0], right[1], right[2]]))]
    assert after == pytest.approx(review_noise(fresh, "val/accuracy"))
    assert after != before


def test_answers_that_do_not_give_the_metric_are_not_used(tmp_path: Path) -> None:
    made = run(tmp_path / "run", config(), 0.5)
    write_validation(made, Validation(1, answers(drawn(1)[0]).astype(np.float16), REVIEWS))
    assert review_noise([read_row(made, "val/accuracy")], "val/accuracy") is None


@pytest.mark.parametrize("decision", ["mode", "median", "mean"])
def test_classes_are_chosen_as_in_training(decision: str) -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(5), 500).astype(np.float16)
    answers = Validation(0, probabilities, REVIEWS)
    wanted = decide(torch.from_numpy(probabilities).float(), decision)
    run = Row(Path("run"), "done", settings={"loss.decision": decision})
    assert np.array_equal(_decide(answers, run), wanted.numpy())


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
