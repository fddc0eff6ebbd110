"""Messages about input are short, and control no terminal, whatever the input is."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.exceptions import (
    LONGEST_LINE,
    LONGEST_WORD,
    InputError,
    escape_controls,
    short_repr,
    shorten_line,
)


@given(st.text())
def test_a_message_controls_no_terminal(text: str) -> None:
    message = str(InputError(text))
    assert not {*"\x1b\x00\x07\x08\r\x7f\x9b\u202e\u2066\ufeff"} & {*message}
    message.encode()  # and it can be written
    assert str(pickle.loads(pickle.dumps(InputError(text)))) == message


@given(st.text(st.characters(codec="latin-1", min_codepoint=32, max_codepoint=126)))
def test_an_ordinary_message_stays_as_it_is(text: str) -> None:
    assert str(InputError(text)) == text


@pytest.mark.parametrize("text", ["a: Größe, 良い, 👍\u200d, \ttab\nline", "€ İ"])
def test_letters_of_any_language_stay(text: str) -> None:
    assert escape_controls(text) == text


@pytest.mark.parametrize("unit", ["x", "a ", "\x1b", "word word word ", "良"])
def test_a_line_has_an_end(unit: str) -> None:
    message = str(InputError(f"key: {unit * 10**5}; allowed: less"))
    assert len(message) <= LONGEST_LINE + 3
    assert message.startswith("key: ") and message.endswith("; allowed: less")


@given(st.text(alphabet="ab ", max_size=30), st.integers(0, 3 * LONGEST_WORD))
def test_only_long_words_are_cut(text: str, length: int) -> None:
    word = "w" * length
    cut = shorten_line(f"{text} {word} {text}")
    assert cut == f"{text} {word if length <= LONGEST_WORD else 'w' * 200 + '…' + 'w' * 100} {text}"


@given(st.recursive(st.integers() | st.text(), st.lists), st.integers(10, 100))
def test_a_short_repr_is_short(value: object, length: int) -> None:
    text = short_repr(value, length)
    assert len(text) <= length
    assert text == repr(value) or text.endswith("...")


def test_a_number_that_python_does_not_print_is_named_by_its_type() -> None:
    assert short_repr(10**5000) == "<int>"
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert short_repr(nested) == "<list>"
