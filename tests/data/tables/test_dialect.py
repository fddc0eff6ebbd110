"""The delimiter and quotes of a table, detected from its first rows."""

import pytest

from reviewlab.data.tables.dialect import DELIMITERS, ONE_COLUMN, Dialect, recognise


@pytest.mark.parametrize("delimiter", [*DELIMITERS])
def test_each_delimiter_is_recognised_beside_others_in_the_texts(delimiter: str) -> None:
    others = "".join(sign for sign in DELIMITERS if sign != delimiter)
    lines = [f"id{delimiter}text\n", *(f"{n}{delimiter}so {others} so\n" for n in range(5))]
    assert recognise(lines, True, "csv") == Dialect(delimiter)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["text\n", "good, really\n", "bad; really\n"], Dialect(ONE_COLUMN)),
        (["sep=;\n", "a;b\n"], Dialect(";", hint=True)),
        (["a,b\n", '1,"say \\"no\\", he said"\n'], Dialect(",", escape="\\")),
        ([], Dialect(ONE_COLUMN)),
    ],
)
def test_the_rest_of_a_dialect(lines: list[str], expected: Dialect) -> None:
    assert recognise(lines, True, "csv") == expected


def test_a_suffix_decides_between_delimiters_that_fit_alike() -> None:
    lines = ["a\tb,c\n", "1\t2,3\n"]
    assert recognise(lines, True, "tsv").delimiter == "\t"


def test_quotes_in_plain_text_are_text() -> None:
    lines = ["text\n", '"good" film\n', '5" screen\n']
    assert not recognise(lines, True, "txt").quoted


def test_widths_are_those_of_whole_rows() -> None:
    lines = ["a,b\n", "1,2\n", '3,"cut']
    assert Dialect(",").widths(lines, is_whole=False) == [2, 2]
    assert Dialect(",").widths(["a,b\n", "1\n"], is_whole=True) == [2, 1]
    assert Dialect(",").widths(lines, is_whole=True)[-1] < 0
