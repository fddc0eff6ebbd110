"""Empty, repeated and contradicting texts."""

import numpy as np

from reviewlab.data.repetitions import count_repetitions
from reviewlab.data.reviews import Reviews
from reviewlab.describing.description import OddText
from reviewlab.describing.odd_texts import EXAMPLES, find_odd_texts
from reviewlab.text.cleaning import Cleaning

CLEAN = Cleaning(strip_punctuation=True, strip_digits=True, strip_space=True)


def odd(texts, labels):
    reviews = Reviews(texts, np.array(labels))
    return find_odd_texts(reviews, count_repetitions(reviews), CLEAN, ["bad", "good"])


def test_texts_are_counted_and_shown_with_their_labels():
    found = odd(["Fine.", "!!", "fine", "12", "bad", "!!", "Bad!", "new"], [1, 0, 1, 1, 0, 1, 1, 0])
    assert (found.empty, found.repeating, found.contradicting) == (3, 2, 2)
    assert found.most_empty == [
        OddText("!!", 2, {"bad": 1, "good": 1}),
        OddText("12", 1, {"good": 1}),
    ]
    assert found.most_repeated == [
        OddText("Fine.", 2, {"good": 2}),
        OddText("bad", 2, {"bad": 1, "good": 1}),
    ]
    assert found.most_contradicting == [OddText("bad", 2, {"bad": 1, "good": 1})]


def test_few_examples_are_shown_of_many():
    found = odd([f"word{number // 2}" for number in range(100)], 50 * [0, 1])
    assert (found.repeating, found.contradicting) == (50, 100)
    assert len(found.most_repeated) == len(found.most_contradicting) == EXAMPLES


def test_texts_that_are_all_different_stand_out_in_nothing():
    found = odd(["a", "b"], [0, 1])
    assert (found.empty, found.repeating, found.contradicting) == (0, 0, 0)
    assert found.most_empty == found.most_repeated == found.most_contradicting == []
