import pickle
import string
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.cleaning import Cleaning, is_punctuation

ALL = Cleaning(True, True, True, True)
EVERY = [Cleaning(*options) for options in product([False, True], repeat=4)]
REVIEW = " Don't watch:\tS2E10 was SO-SO…  👎🏽 3€ "


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, REVIEW),
        ({"lower_case": True}, " don't watch:\ts2e10 was so-so…  👎🏽 3€ "),
        ({"strip_punctuation": True}, " Dont watch \tS2E10 was SO SO   👎🏽 3€ "),
        ({"strip_digits": True}, " Don't watch:\tS E   was SO-SO…  👎🏽  € "),
        ({"strip_space": True}, "Don't watch: S2E10 was SO-SO… 👎🏽 3€"),
        (ALL.state(), "dont watch s e was so so 👎🏽 €"),
    ],
)
def test_each_step_does_what_its_name_says(options, expected):
    assert Cleaning(**options)(REVIEW) == expected


def test_punctuation_is_ascii_punctuation_and_unicode_marks_but_no_symbols():
    assert all(map(is_punctuation, string.punctuation + "…¿。—«»“”٪\u2019"))
    assert not any(map(is_punctuation, "aé7 \n👍❤€°\ufe0f"))


@pytest.mark.parametrize("typed", ["don't", "don\u2019t", "don\u02bct"])
def test_a_word_with_an_apostrophe_stays_one_word(typed):
    assert ALL(typed) == "dont"


@pytest.mark.parametrize("empty", ["", " \n\t", "!!!", "10/10", "…", "\u3000"])
def test_what_holds_no_letter_can_become_empty(empty):
    assert ALL(empty) == ""


def test_no_step_no_change():
    assert Cleaning()("A\x00b  ") == "A\x00b  "


def test_state_is_plain_and_builds_an_equal_one():
    for cleaning in EVERY:
        assert all(type(value) is bool for value in cleaning.state().values())
        assert Cleaning(**cleaning.state()) == cleaning
        assert pickle.loads(pickle.dumps(cleaning)) == cleaning


@given(st.sampled_from(EVERY), st.text())
def test_steps_that_are_on_leave_nothing_for_themselves(cleaning, text):
    cleaned = cleaning(text)
    if cleaning.strip_punctuation:
        assert not any(map(is_punctuation, cleaned))
    if cleaning.strip_digits:
        assert not any(map(str.isdecimal, cleaned))
    if cleaning.strip_space:
        assert cleaned == " ".join(cleaned.split())
    assert cleaning(cleaned) == cleaned


@given(st.text())
def test_steps_are_applied_in_the_stated_order(text):
    lower, punctuation, digits, space = (Cleaning(**{name: True}) for name in ALL.state())
    assert ALL(text) == space(digits(punctuation(lower(text))))
