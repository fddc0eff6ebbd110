"""Mistakes, likely label errors and groups of reviews, on answers that are made up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from reviewlab.explaining.groups import by_class, by_length, by_unknown, table
from reviewlab.explaining.mistakes import Answers, label_errors, worst

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


def test_of_numbers_the_worst_are_the_farthest_off() -> None:
    """Beyond the last class all "probabilities" are 1, and yet some are farther off."""
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
    """Thresholds .7 for bad, .5 for so-so; the third review is confidently another class."""
    probabilities = [
        *([0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.4, 0.6, 0.0]),
        *([0.3, 0.6, 0.1], [0.6, 0.4, 0.0]),
    ]
    found = label_errors(answers([0, 0, 0, 1, 1], probabilities))
    assert found.thresholds[:2] == pytest.approx([0.7, 0.5])
    assert np.isnan(found.thresholds[2])  # no review is good: none can be said to be
    # The last one is taken for bad, but less surely than the bad ones are: a mistake, no doubt.
    assert found.reviews.tolist() == [2] and found.suggested.tolist() == [1]


def test_what_is_predicted_as_its_label_says_is_not_doubted() -> None:
    """Thresholds .7 for bad, .2 for so-so: the third review is called bad, and is labelled so."""
    probabilities = [[1.0, 0, 0], [0.6, 0.1, 0.3], [0.5, 0.4, 0.1], [0.8, 0.2, 0.0]]
    found = answers([0, 0, 0, 1], probabilities)
    assert found.predictions[2] == found.labels[2]
    assert label_errors(found).thresholds[:2] == pytest.approx([0.7, 0.2])
    assert label_errors(found).reviews.tolist() == [3]


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


@given(
    lengths=st.lists(st.integers(0, 50), min_size=1, max_size=60),
    limit=st.none() | st.integers(0, 60),
)
def test_every_review_is_in_one_group(lengths: list[int], limit: int | None) -> None:
    shares = np.array(lengths) / 50
    found = drawn(len(lengths), lengths=np.array(lengths), unknown=shares, limit=limit)
    right = int(found.right.sum())
    for grouped in (by_length, by_unknown, by_class):
        groups = grouped(found)
        assert sum(group.reviews for group in groups) == len(lengths)
        assert sum(group.right for group in groups) == right
    cut = sum(group.reviews for group in by_length(found) if group.remark == "cut")
    assert cut == (0 if limit is None else sum(length > limit for length in lengths))


def test_lengths_are_parted_into_fifths_and_where_reviews_are_cut() -> None:
    groups = by_length(drawn(100, limit=50))
    assert [(group.name, group.reviews, group.remark) for group in groups] == [
        ("1 to 20", 20, ""),
        ("21 to 40", 20, ""),
        ("41 to 50", 10, ""),
        ("51 to 60", 10, "cut"),
        ("61 to 80", 20, "cut"),
        ("81 to 100", 20, "cut"),
    ]
    assert [(group.begin, group.end) for group in groups][:2] == [(1, 20), (21, 40)]


def test_groups_by_share_of_unknown_words() -> None:
    groups = by_unknown(drawn(5, unknown=np.array([0, 0.02, 0.021, 0.3, 1.0])))
    assert [(group.name, group.reviews) for group in groups] == [
        *(("none", 1), ("0% to 2%", 1), ("2% to 5%", 1), ("over 20%", 2)),
    ]
    assert [(group.begin, group.end) for group in groups][:2] == [(0, 0), (0, 0.02)]
    assert by_unknown(drawn(5, unknown=None)) == []


def test_a_class_says_what_it_is_taken_for() -> None:
    one_hot = np.eye(3)[[0, 1, 1, 2, 1]]
    bad, so_so, good = by_class(answers([0, 0, 0, 0, 1], one_hot))
    assert (bad.reviews, bad.right, bad.remark) == (4, 1, "so-so (2)")
    assert (so_so.reviews, so_so.right, so_so.remark) == (1, 1, "")
    assert good.reviews == 0 and np.isnan(good.accuracy)
    lines = table("by class", [bad, so_so, good], "taken for")
    assert lines[1].split()[:3] == ["bad", "4", "0.2500"]
    assert lines[3] == "good            0"
    assert "nan" not in "".join(lines)
