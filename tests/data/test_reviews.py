"""Reviews, their classes, and refusals."""

import numpy as np
import pytest

from reviewlab.data.reviews import Classes, Reviews, drop_empty, missing_classes, refuse_too_few
from reviewlab.exceptions import InputError
from reviewlab.text.cleaning import Cleaning

REVIEWS = Reviews(["a", " ", "c"], np.array([0, 1, 2]), np.array([5, 5, 6]))


def test_reviews_are_taken_with_their_labels_and_groups() -> None:
    taken = REVIEWS.take(np.array([2, 0]))
    assert (taken.texts, taken.labels.tolist()) == (["c", "a"], [2, 0])
    assert taken.groups is not None
    assert taken.groups.tolist() == [6, 5]
    assert REVIEWS._replace(groups=None).take(np.array([1])).groups is None


def test_reviews_keep_their_places_however_often_they_are_taken() -> None:
    taken = REVIEWS.take(np.array([2, 1])).take(np.array([1]))
    assert taken.places is not None
    assert taken.places.tolist() == [1]


def test_empty_reviews_are_dropped_and_counted() -> None:
    kept, notes = drop_empty("train", REVIEWS, str)
    assert (kept.texts, kept.labels.tolist()) == (["a", "c"], [0, 2])
    assert notes == ["train: 1 review is empty after cleaning and dropped"]
    assert drop_empty("train", kept, str) == (kept, [])
    with pytest.raises(InputError, match=r"data.empty: 'drop' leaves no test review"):
        drop_empty(
            "test", REVIEWS._replace(texts=["!", " ", "?"]), Cleaning(strip_punctuation=True)
        )


def test_classes_have_to_be_those_of_a_checkpoint_in_its_order() -> None:
    classes = Classes(("bad", "good"))
    classes.require(["bad", "good"])
    with pytest.raises(InputError, match=r"has the labels bad, good; allowed: good, bad"):
        classes.require(["good", "bad"])


def test_classes_without_a_review_are_named() -> None:
    assert missing_classes(REVIEWS, ["a", "b", "c"]) == []
    assert missing_classes(REVIEWS, ["a", "b", "c", "d"]) == ["train: no review is labelled d"]
    with pytest.raises(InputError, match=r"has 3 training reviews for 4 classes"):
        refuse_too_few(REVIEWS, ["a", "b", "c", "d"])
