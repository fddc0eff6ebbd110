"""Mistakes, likely label errors and groups of reviews, on synthetic predictions."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from reviewlab.explaining.mistakes import Answers, count_texts_once, label_errors, worst

NAMES = ("bad", "so-so", "good")


def answers(labels: Any, probabilities: Any, **facts: Any) -> Answers:
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, float)
    count = len(labels)
    facts = {
        "lengths": np.arange(1, count + 1),
        "unknown": np.zeros(count),
        "limit": None,
        **facts,
    }
    predictions = probabilities.argmax(1)
    texts = [f"review {number}" for number in range(count)]
    return Answers(NAMES, texts, labels, predictions, probabilities, **facts)


def drawn(count: int, seed: int = 0, **facts: Any) -> Answers:
    draw = np.random.default_rng(seed)
    return answers(draw.integers(0, 3, count), draw.dirichlet([1, 1, 1], count), **facts)


def test_the_surest_mistakes_come_first() -> None:
    found = drawn(200)
    listed = worst(found)
    assert {*listed} == {*np.flatnonzero(found.predictions != found.labels)}
    assert (np.diff(found.certainty[listed]) <= 0).all()
    assert found.certainty == pytest.approx(found.probabilities.max(1))


def test_each_text_counts_once_however_many_reviews_have_it() -> None:
    found = answers([0, 0, 0, 1, 2, 1], np.eye(3)[[0, 0, 1, 1, 0, 1]])
    texts = ["Good!", "good", " GOOD ", "bad", "😀", "😡"]
    distinct = count_texts_once(replace(found, texts=texts))
    assert distinct == (4, pytest.approx((2 / 3 + 1 + 0 + 1) / 4))
    different = count_texts_once(found)
    assert different == (6, pytest.approx(found.right.mean()))


def test_of_numbers_the_worst_are_the_farthest_off() -> None:
    """Beyond the last class all "probabilities" are 1, yet some predictions are farther off."""
    numbers = np.random.default_rng(1).normal(1, 3, 200)
    found = drawn(200, numbers=numbers)
    listed = worst(found)
    assert (np.diff(np.abs(numbers - found.labels)[listed]) <= 0).all()
    assert {*listed} == {*worst(drawn(200))}
    assert len(label_errors(found).reviews) == 0  # no probabilities, no confidence


def test_confusion_is_that_of_scikit_learn() -> None:
    found = drawn(200)
    expected = confusion_matrix(found.labels, found.predictions)
    np.testing.assert_array_equal(found.confusion, expected)


@given(seed=st.integers(0, 1000), certainty=st.floats(0.5, 0.95))
def test_flipped_labels_are_found_by_who_knows_the_truth(seed: int, certainty: float) -> None:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 3, 300)
    flipped = draw.random(300) < 0.1
    labels = np.where(flipped, (truth + 1) % 3, truth)
    probabilities = np.full((300, 3), (1 - certainty) / 2)
    probabilities[np.arange(300), truth] = certainty
    found = label_errors(answers(labels, probabilities))
    np.testing.assert_array_equal(np.sort(found.reviews), np.flatnonzero(flipped))
    np.testing.assert_array_equal(found.suggested, truth[found.reviews])


def test_confident_learning_by_hand() -> None:
    """With thresholds .7 (bad) and .5 (so-so), the third review is confidently in another class."""
    probabilities = [
        *([0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.4, 0.6, 0.0]),
        *([0.3, 0.6, 0.1], [0.6, 0.4, 0.0]),
    ]
    found = label_errors(answers([0, 0, 0, 1, 1], probabilities))
    assert found.thresholds[:2] == pytest.approx([0.7, 0.5])
    assert np.isnan(
        found.thresholds[2]
    )  # no review is labelled good, so none can be confidently good
    # The last one is predicted bad, but less surely than bad reviews are: only a mistake.
    assert found.reviews.tolist() == [2] and found.suggested.tolist() == [1]


def test_what_is_predicted_as_its_label_says_is_not_doubted() -> None:
    """With thresholds .7 (bad) and .2 (so-so), the third review is predicted as its label, bad."""
    probabilities = [[1.0, 0, 0], [0.6, 0.1, 0.3], [0.5, 0.4, 0.1], [0.8, 0.2, 0.0]]
    found = answers([0, 0, 0, 1], probabilities)
    assert found.predictions[2] == found.labels[2]
    assert label_errors(found).thresholds[:2] == pytest.approx([0.7, 0.2])
    assert label_errors(found).reviews.tolist() == [3]


def test_label_errors_do_not_depend_on_the_decision() -> None:
    found = drawn(300)
    other = replace(found, predictions=(found.predictions + 1) % 3)
    assert label_errors(other).reviews.tolist() == label_errors(found).reviews.tolist()
    assert worst(other).tolist() != worst(found).tolist()


def test_the_largest_margins_come_first() -> None:
    found = drawn(300)
    doubted = label_errors(found)
    rows = np.arange(len(doubted.reviews))
    of = found.probabilities[doubted.reviews]
    margin = of[rows, doubted.suggested] - of[rows, found.labels[doubted.reviews]]
    assert len(rows) > 20 and (np.diff(margin) <= 0).all()
    np.testing.assert_array_equal(doubted.margins, margin)
    assert (doubted.suggested != found.labels[doubted.reviews]).all()


def test_answers_that_are_no_numbers_raise_nothing() -> None:
    found = answers([0, 1], [[np.nan] * 3, [np.nan] * 3])
    assert len(label_errors(found).reviews) == 0
