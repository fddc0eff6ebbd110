import pickle
import string
import unicodedata
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


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_composed_and_decomposed_letters_become_equal(form):
    cleaning = Cleaning(normalise=form, lower_case=True)
    composed, decomposed = (unicodedata.normalize(f, "ÇOK GÜZEL") for f in ("NFC", "NFD"))
    assert composed != decomposed
    assert cleaning(composed) == cleaning(decomposed) == "çok güzel"


def test_the_turkish_capital_i_loses_its_dot_where_texts_are_normalised():
    assert Cleaning(normalise="NFC", lower_case=True)("İYİ") == "iyi"
    assert Cleaning(lower_case=True)("İYİ") == "i̇yi̇"


def test_wide_letters_and_ligatures_are_plain_in_nfkc_alone():
    assert Cleaning(normalise="NFKC")("ﬁne \uff2e\uff49") == "fine Ni"
    assert Cleaning(normalise="NFC")("ﬁne \uff2e\uff49") == "ﬁne \uff2e\uff49"


@given(st.builds(Cleaning, *[st.booleans()] * 4, st.sampled_from(["NFC", "NFKC"])), st.text())
def test_a_traced_text_is_the_cleaned_one_where_it_is_normalised(cleaning, text):
    traced, places = cleaning.traced(text)
    assert traced == cleaning(text)
    assert len(places) == len(traced)
    assert places == sorted(places)
    assert set(places) <= {*range(len(text))}


def test_state_names_the_normal_form():
    assert Cleaning(normalise="NFC").state() == {**Cleaning().state(), "normalise": "NFC"}
