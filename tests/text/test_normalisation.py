import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.normalisation import normalise, segment_end

FORMS = ["NFC", "NFKC"]
# Letters, marks, Hangul, ligatures, wide katakana: what normalisation puts together or apart.
HARD = st.text(st.sampled_from("aeİi\u0307\u0301\u0323Å\u1100\u1161\u11a8\uac00ﬁｶﾞ\u09c7\u09beﾡￂ €"))


@pytest.mark.parametrize("form", FORMS)
@given(text=st.one_of(st.text(), HARD))
def test_pieces_together_are_the_whole_text_normalised(form, text):
    normalised, places = normalise(text, range(len(text)), form)
    assert normalised == unicodedata.normalize(form, text)
    assert len(places) == len(normalised)
    assert places == sorted(places)


def test_places_are_those_of_the_characters_before():
    assert normalise("e\u0301t\u00e9", range(4), "NFC") == ("été", [0, 2, 3])
    assert normalise("ﬁn", [7, 9], "NFKC") == ("fin", [7, 7, 9])


@pytest.mark.parametrize(
    ("text", "end", "moved"),
    [("e\u0301\u0323t", 1, 3), ("et", 1, 1), ("e\u0301", 1, 2), ("", 0, 0)],
)
def test_an_end_moves_behind_the_marks_that_belong_to_a_letter(text, end, moved):
    assert segment_end(text, end, "NFC") == moved
