"""Rows become reviews: texts are joined, labels read, repetitions reported."""

import pytest

from reviewlab.data.labelled.pieces import Piece
from reviewlab.data.labelled.reading import Reader
from reviewlab.exceptions import InputError


def read(columns, **options):
    count = len(next(iter(columns.values())))
    piece = Piece("data.source", "x.csv", None, columns, range(2, count + 2))
    names = ("text_column", "label_column", "label_names", "split_column", "group_column")
    given = {**dict.fromkeys(names), "label_map": {}, **options}
    return Reader(**given).read([piece])


def test_null_is_an_empty_text_and_a_number_its_digits():
    reviews = read({"text": ["a", None, 5], "label": [1, 2, 1]}).splits["train"]
    assert reviews.texts == ["a", "", "5"]


def test_what_is_no_text_is_refused_with_its_line():
    with pytest.raises(InputError, match=r"^data\.source: 'x\.csv' line 3: 'text' is \['a'\]"):
        read({"text": ["a", ["a"]], "label": [1, 2]})


def test_groups_are_numbered_and_a_row_without_one_is_alone():
    columns = {"text": ["a"] * 5, "label": [1, 2, 1, 2, 1], "who": ["x", "", "y", None, "x"]}
    groups = read(columns, group_column="who").splits["train"].groups
    assert groups[0] == groups[4]
    assert len({*groups.tolist()}) == 4


def test_a_column_that_was_named_has_to_be_there():
    for key in ("split_column", "group_column", "label_column"):
        with pytest.raises(InputError, match=rf"^data\.{key}: there is no column 'gone'"):
            read({"text": ["a"], "label": [1]}, **{key: "gone"})
