"""Tables of text: aligned for a terminal, and as markdown."""

from hypothesis import given
from hypothesis import strategies as st

from reviewlab.console.table import (
    GAP,
    aligned,
    column_widths,
    escape_markdown,
    markdown_table,
    table_width,
)

ROWS = [["name", "n"], ["a", "1"], ["longer", "1,200"], ["", ""]]
CELLS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=9)


def test_words_stand_at_the_left_and_numbers_at_the_right() -> None:
    assert aligned(ROWS, [False, True]) == ["name        n", "a           1", "longer  1,200", ""]


def test_a_column_may_be_wider_than_its_cells() -> None:
    assert aligned([["a", "b"]], [True, False], least=[3, 9]) == ["  a  b"]


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1))
def test_every_cell_begins_or_ends_where_its_column_does(rows: list[tuple[str, str, str]]) -> None:
    widths = column_widths(rows)
    for row, line in zip(rows, aligned(rows, [False, True, False]), strict=True):
        assert line == line.rstrip() and len(line) <= table_width(widths)
        padded = line.ljust(table_width(widths))
        assert padded[: len(row[0])] == row[0]
        end = widths[0] + len(GAP) + widths[1]
        assert padded[end - len(row[1]) : end] == row[1]
        assert padded[end + len(GAP) :].rstrip() == row[2].rstrip()


def test_markdown_has_a_rule_below_its_titles() -> None:
    assert markdown_table(ROWS[0], [ROWS[1]], [False, True]) == (
        "| name | n |\n| --- | ---: |\n| a | 1 |"
    )


@given(st.text())
def test_an_escaped_cell_has_no_bare_sign(text: str) -> None:
    escaped = escape_markdown(text)
    assert escaped.replace("\\", "") == text.replace("\\", "")
    for sign in "|*`<[":
        assert escaped.count(sign) == escaped.count(f"\\{sign}")


@given(st.text(), st.text())
def test_a_cell_is_one_line_and_controls_no_terminal(one: str, other: str) -> None:
    for table in (
        *aligned([[one, other]], [False, True]),
        markdown_table([one], [[other]], [True]),
    ):
        assert not {*"\x1b\x07\x08\r\x9b\u202e"} & {*table}
    assert "\n" not in aligned([[one, other]], [False, False])[0]


def test_columns_stay_aligned_where_a_cell_is_escaped() -> None:
    rows = [["a", "b"], ["\x1b[2J", "1"], ["two\nlines", "2"]]
    assert aligned(rows, [False, True]) == ["a           b", "\\x1b[2J     1", "two\\nlines  2"]
