"""Rows become reviews: texts are joined, labels are read, repetitions are noted."""

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


def test_all_rows_that_cannot_be_read_are_named_at_once():
    texts, labels = ["a", "b", "c", "d"], [1, 2, 1, 2]
    for columns, options, message in (
        ({"text": ["a", [1], "c", {}]}, {}, r"line 3: 'text' is \[1\], .*; see also line 5$"),
        (
            {"text": texts, "part": ["train", "x", "", "test"]},
            {"split_column": "part"},
            r"line 3: 'part' is 'x'; allowed in .*; see also line 4$",
        ),
        (
            {"text": texts, "day": ["1.2.2025", "2025-02-01", "2/1/2025", "soon"]},
            {"date_column": "day", "before": "2025-01-01"},
            r"line 2: 'day' is '1\.2\.2025'; .*; see also lines 4, 5$",
        ),
    ):
        with pytest.raises(InputError, match=message):
            read({**columns, "label": labels}, **options)


def test_a_text_inside_an_object_is_suggested_and_can_be_read():
    columns = {"text": [{"id": 1, "body": "a"}, {"id": 2, "body": "b"}], "label": [1, 2]}
    with pytest.raises(InputError, match=r"choose a text in it, such as text\.body, with data\."):
        read(columns)
    assert read(columns, text_column="text.body").splits["train"].texts == ["a", "b"]


def test_groups_are_numbered_and_a_row_without_one_is_alone():
    columns = {"text": ["a"] * 5, "label": [1, 2, 1, 2, 1], "who": ["x", "", "y", None, "x"]}
    groups = read(columns, group_column="who").splits["train"].groups
    assert groups[0] == groups[4]
    assert len({*groups.tolist()}) == 4


def test_a_column_that_was_named_has_to_be_there():
    for key in ("split_column", "group_column", "label_column"):
        with pytest.raises(InputError, match=rf"^data\.{key}: there is no column 'gone'"):
            read({"text": ["a"], "label": [1]}, **{key: "gone"})
