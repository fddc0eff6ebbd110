"""Greedy selection with replacement is never worse than the best single candidate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.ensembles.selection import Metric, measure, rank, select


def probabilities(of_first: list[float]) -> np.ndarray:
    first = np.array(of_first)
    return np.stack([first, 1 - first], 1).astype(np.float16)


@given(seed=st.integers(0, 2**32 - 1), runs=st.integers(1, 6), size=st.integers(1, 7))
@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_the_mean_is_never_worse_than_the_best_run(
    seed: int, runs: int, size: int, metric: Metric
) -> None:
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, 20)
    candidates = [generator.dirichlet(np.ones(3), 20).astype(np.float16) for _ in range(runs)]
    chosen = select(candidates, labels, size, metric)
    mean = np.mean([candidates[number].astype(float) for number in chosen], 0)
    best = min(rank(measure(one, labels).score, metric) for one in candidates)
    assert rank(measure(mean, labels).score, metric) <= best
    assert 1 <= len(chosen) <= size


def test_runs_that_err_on_different_reviews_are_chosen_together() -> None:
    labels = np.array([0, 0, 0, 1])
    one, two = probabilities([0.9, 0.9, 0.4, 0.4]), probabilities([0.4, 0.9, 0.9, 0.4])
    useless = probabilities([0.1, 0.1, 0.1, 0.9])
    assert select([useless, one, two], labels, 2) == [1, 2]


def test_a_good_run_may_count_twice() -> None:
    labels = np.array([0, 0])
    good, other = probabilities([0.8, 0.5]), probabilities([0.3, 0.9])
    assert select([good, other], labels, 3, "loss") == [0, 0, 1]
    assert select([good, other], labels, 2, "loss") == [0]  # adding it again did not help


def test_of_equal_accuracies_the_lower_loss_and_then_the_first_is_taken() -> None:
    labels = np.array([0, 1])
    unsure, sure = probabilities([0.6, 0.4]), probabilities([0.9, 0.1])
    assert select([unsure, sure, sure], labels, 1) == [1]


def test_equal_runs_are_worth_no_more_than_one() -> None:
    one = probabilities([0.9, 0.4, 0.2])
    assert select([one, one, one], np.array([0, 0, 1]), 5) == [0]


def test_a_probability_that_16_bits_round_to_nothing_has_a_finite_loss() -> None:
    score = measure(probabilities([0.0, 1.0]), np.array([0, 0])).score
    assert score.accuracy == 0.5
    assert 8 < score.loss < 9
