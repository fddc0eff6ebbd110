"""The rows of several files, and the position of each."""

import re

import pytest

from reviewlab.data.labelled.pieces import (
    Piece,
    Rows,
    refuse_other_columns,
    with_note_on_left_out,
    with_paths,
)
from reviewlab.exceptions import InputError

FIRST = Piece("data.source", "a.csv", None, {"text": ["x", "y"]}, [2, 5])
SECOND = Piece("data.test_source", "b.parquet", "test", {"text": ["z"]}, [1], "row")


def test_rows_of_all_pieces_follow_each_other_and_know_their_place():
    rows = Rows([FIRST, SECOND])
    assert len(rows) == 3
    assert rows.values("text") == ["x", "y", "z"]
    assert rows.splits() == [None, None, "test"]
    for refused, message in {
        (0, 1, 2): "data.source: 'a.csv' line 2: is odd; see also line 5",
        (1, 2): "data.source: 'a.csv' line 5: is odd",
        (2,): "data.test_source: 'b.parquet' row 1: is odd",
    }.items():
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            rows.refuse(refused, "is odd")


def test_a_piece_without_a_column_is_named_by_its_key():
    with pytest.raises(InputError, match=r"^data\.test_source: there is no column 'label'"):
        Rows([Piece("data.source", "a", None, {"label": [1]}, [2]), SECOND]).values("label")


def test_a_path_becomes_a_column_where_it_leads_somewhere():
    piece = Piece("k", "n", None, {"review": [{"body": "b"}, None], "a.b": [1, 2]}, [1, 2])
    columns = with_paths(piece, ["review.body", "review.gone", "a.b", "gone.body"]).columns
    assert [*columns] == ["review", "a.b", "review.body"]
    assert columns["review.body"] == ["b", None]


def test_files_of_one_source_have_the_same_columns():
    refuse_other_columns([FIRST, FIRST])
    other = Piece("data.source", "c.csv", None, {"body": ["x"]}, [2])
    with pytest.raises(InputError, match=r"'c\.csv' has the columns body, but 'a\.csv' has text"):
        refuse_other_columns([FIRST, other])


def test_what_is_left_out_is_noted_once():
    assert with_note_on_left_out([FIRST, SECOND], []) == [FIRST, SECOND]
    first, second = with_note_on_left_out([FIRST, SECOND], ["extra"])
    assert first.notes == ["left out: extra: not train, validation or test"]
    assert second == SECOND
