"""Words, numbers and untrusted text for people."""

from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewlab.console.text import count_of, legible, readable_path, shorten, spelt


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs"), (1200, "1,200 jobs")]
)
def test_one_thing_is_no_plural(number: int, text: str) -> None:
    assert count_of(number, "job") == text


@given(st.text(), st.integers(1, 30))
def test_what_is_too_long_ends_in_an_ellipsis(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert short == text or (len(text) > length and short.endswith("…"))


@given(st.text(st.characters(exclude_characters="\0/"), min_size=1))
def test_a_path_is_one_line_that_controls_no_terminal(name: str) -> None:
    line = readable_path(Path("/nowhere", name))
    assert line.startswith("/nowhere")
    assert not {*"\x1b\x85\u202e\n\r\t"} & {*line}
    assert len(line.splitlines()) == 1


def test_a_path_is_shown_from_where_it_is_looked_at() -> None:
    assert readable_path(Path("/a/b\n/c"), Path("/a")) == "b\\n/c"
    assert readable_path(Path("/a/b"), Path("/c")) == "/a/b"


def test_a_word_that_cannot_be_seen_is_spelt_as_python_does() -> None:
    assert spelt("film") == "film"
    assert spelt("aw\u200bful") == r"'aw\u200bful'"


@given(text=st.text(), width=st.integers(2, 30))
def test_legible_is_one_printable_line(text: str, width: int) -> None:
    shown = legible(text, width)
    assert not {category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"} and "\u202e" not in shown
    assert cell_len(shown) <= width
