"""Texts that several reviews share."""

from collections import Counter

import numpy as np

from reviewlab.data.repetitions import (
    RepeatedText,
    count_repetitions,
    describe_repetitions,
    number_texts,
)
from reviewlab.data.reviews import LEFT_OUT, Reviews


def count(texts, labels):
    return count_repetitions(Reviews(texts, np.array(labels)))


def test_case_and_punctuation_make_no_difference():
    found = count(["Good!", "bad", "good", " GOOD "], [1, 0, 1, 0])
    assert found.texts == [RepeatedText("Good!", Counter({1: 2, 0: 1}))]
    assert (found.reviews, found.repeating, found.in_contradiction) == (4, 2, 3)


def test_reviews_of_no_class_and_without_words_are_no_repetitions():
    found = count(["a", "a", "!", "?"], [0, LEFT_OUT, 0, 0])
    assert (found.reviews, found.texts) == (3, [])
    assert list(describe_repetitions(found)) == []


def test_the_text_that_most_reviews_contradict_comes_first():
    texts = 5 * ["much"] + 4 * ["even"] + 2 * ["same"]
    found = count(texts, [0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0])
    assert [text.text for text in found.texts] == ["much", "even", "same"]
    assert [text.text for text in found.contradicting] == ["even", "much"]


def test_texts_count_as_repeated_whatever_their_case_and_marks():
    texts = ["Good!", "good", "bad", "", "..."]
    notes = [*describe_repetitions(count(texts, [0, 1, 0, 0, 1]))]
    assert notes == [
        "repeated: 1 of 5 reviews have the text of an earlier one",
        "contradicting: 2 of 5 reviews have a text that also has another label",
    ]
    assert not [*describe_repetitions(count(["a", "b"], [0, 1]))]


def test_equal_texts_share_a_number():
    assert number_texts(["Good!", "bad", "good", "!", "?", "!"]).tolist() == [0, 1, 0, 2, 3, 2]
    assert number_texts([]).tolist() == []
