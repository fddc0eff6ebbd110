"""The kind of a column, and the number of its values."""

import math
from datetime import date

import pytest

from reviewlab.describing.columns import LONGEST_EXAMPLE, describe_columns
from reviewlab.describing.description import ColumnFacts


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "04"], "whole numbers"),
        ([1, 2.0], "whole numbers"),
        (["0.5", "-1e-2", "3"], "numbers"),
        (["True", "false"], "true or false"),
        ([True, False], "true or false"),
        (["2025-01-31", "2025-01-31 10:20:30"], "dates"),
        ([date(2025, 1, 31)], "dates"),
        (["one of them", "and some more words"], "texts"),
        (["red", "light blue"], "words"),
        ([["a"], ["b"]], "lists"),
        ([{"a": 1}], "objects"),
        (["a", {"a": 1}], "mixed"),
        (["a", 1], "mixed"),
        ([None, "", " "], "empty"),
    ],
)
def test_the_kind_is_that_of_all_values(values, kind):
    [column] = describe_columns({"it": values})
    assert column.kind == kind


def test_distinct_and_missing_values_are_counted():
    values = ["b", "a", "b", "", None, math.nan, "  "]
    assert describe_columns({"it": values}) == [ColumnFacts("it", "words", 2, 4, "b")]


def test_an_example_is_one_line_and_not_long():
    [column] = describe_columns({"it": ["a\n\x1b" + 300 * "b"]})
    assert column.example.startswith("a \ufffdb")
    assert len(column.example) == LONGEST_EXAMPLE


def test_the_word_nan_is_a_value_of_a_column_of_words():
    [column] = describe_columns({"it": ["nan", "a"]})
    assert (column.distinct, column.missing, column.kind) == (2, 0, "words")
