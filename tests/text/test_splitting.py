"""Words are split in the same way for numbering, listing and locating."""

from hypothesis import given
from hypothesis import strategies as st

from reviewlab.text.cleaning import Cleaning
from reviewlab.text.splitting import KERAS_FILTERS, WordSplitter, to_text

SPLITTER = WordSplitter(True, KERAS_FILTERS, Cleaning())


@given(st.lists(st.text(alphabet=st.sampled_from("aB ,.ß\u3002\n"), max_size=12), max_size=4))
def test_numbers_stand_for_the_words_that_are_located(texts: list[str]) -> None:
    distinct, numbers, in_text = SPLITTER.number(texts)
    for number, text in enumerate(texts):
        words = [to_text(distinct[i]) for i in numbers[in_text == number]]
        assert words == [text[begin:end].lower() for begin, end in SPLITTER.locate(text)]
    assert len({*distinct}) == len(distinct)


def test_other_separators_of_any_width() -> None:
    splitter = WordSplitter(False, "x\u3002", Cleaning())
    assert splitter.number(["Axb\u3002c,d"]).distinct == [b"A", b"b", b"c,d"]


def test_nothing_gives_no_words() -> None:
    for texts in ([], ["", " , "]):
        distinct, numbers, in_text = SPLITTER.number(texts)
        assert (distinct, len(numbers), len(in_text)) == ([], 0, 0)
