"""A heat map shows the weight of each word, and the total weight of omitted words."""

from collections import Counter

import numpy as np
from tests.inspection.conftest import TEXTS

from reviewlab.data.loader import ReviewLoader
from reviewlab.inspection.words import (
    DARK,
    GROUND,
    LINE,
    MARGIN,
    MOST_WORDS,
    fixed_reviews,
    heat_map,
)


def test_the_heaviest_word_has_the_darkest_ground() -> None:
    picture = heat_map("title", ["not", "worth", "it"], [0.0, 2.0, 0.5])
    colours = Counter(map(tuple, picture.reshape(-1, 3).tolist()))
    assert colours[DARK] > 500
    assert colours.most_common(1)[0][0] == GROUND


def test_long_reviews_and_empty_ones_are_shown_too() -> None:
    long = heat_map("title", ["word"] * 400, [1.0] * 400)
    empty = heat_map("title", [], [])
    assert long.shape[1] == empty.shape[1] and long.shape[0] > empty.shape[0]


def test_a_heat_map_speaks_of_the_words_that_it_shows() -> None:
    words = ["word"] * (MOST_WORDS + 1)
    heavy = [1.0] * MOST_WORDS + [1000.0]
    even = [2.0] * MOST_WORDS + [0.0]
    shown, of_all = heat_map("title", words, heavy), heat_map("title", words, even)
    below = slice(MARGIN + 2 * LINE, None)  # a title, and the largest weight
    np.testing.assert_array_equal(shown[below], of_all[below])
    assert not np.array_equal(shown, of_all)


def test_a_heat_map_says_how_much_the_darkest_weighs() -> None:
    light, heavy = (heat_map("title", ["word"], [weight]) for weight in (0.01, 0.9))
    assert not np.array_equal(light, heavy)


def test_fixed_reviews_are_spread_over_the_corpus(loader: ReviewLoader) -> None:
    fixed = fixed_reviews(loader, 2)
    assert fixed.words == [["·", "good", "good", "film"], ["·"]]
    assert len(fixed_reviews(loader, 99).words) == len(TEXTS)
