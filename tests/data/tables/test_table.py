"""Rows are read exactly as the file has them, and every bad file is refused in one line."""

import csv
import io
import json
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from tests.data.tables.table_files import read_rows, refusal, write

from reviewlab.data.tables import as_list, chunks, open_table
from reviewlab.exceptions import InputError

anything = st.text(st.characters(codec="utf-8"), max_size=30)
VERBATIM = ["None", "N/A", "007", "", " spaced ", 'a "quoted", comma', "two\nlines", "1e5", "😀"]


def test_csv_values_are_the_strings_in_the_file(tmp_path):
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["z", "text", "a"], *([value] * 3 for value in VERBATIM)])
    whole = read_rows(path)
    assert list(whole) == ["z", "text", "a"]
    assert whole["z"] == whole["text"] == whole["a"] == VERBATIM


@given(st.lists(anything, min_size=1), st.integers(1, 5))
def test_any_text_survives_csv_in_any_chunking(texts, chunk):
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["text", "b"], *([t, t] for t in texts)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_ROWS", chunk)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.getvalue().encode())))
        assert read_rows("-") == {"text": texts, "b": texts}


@given(st.lists(st.dictionaries(st.sampled_from("ab"), anything | st.integers() | st.none())))
def test_any_row_survives_jsonl(rows):
    rows = [{"a": "first", "b": None}, *rows]
    content = "".join(json.dumps(row) + "\n" for row in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        whole = read_rows("-", format="jsonl")
    assert whole == {name: [row.get(name) for row in rows] for name in "ab"}


def test_parquet_keeps_types(tmp_path):
    table = pa.table({"text": ["a", None], "n": pa.array([1, 2], pa.int8())})
    parquet.write_table(table, tmp_path / "x.parquet")
    with open_table(tmp_path / "x.parquet", "input") as opened:
        (rows,) = opened
    assert rows["n"].type == pa.int8()
    assert as_list(rows["text"]) == ["a", None]


def test_chunks_are_bounded_in_rows_and_in_bytes(tmp_path, monkeypatch):
    path = write(tmp_path / "x.csv", "text\n" + "0123456789\n" * 10)
    for setting, value in (("CHUNK_ROWS", 3), ("CHUNK_CHARACTERS", 25)):
        with monkeypatch.context() as patch, open_table(path, "input") as table:
            patch.setattr(chunks, setting, value)
            assert [len(rows["text"]) for rows in table] == [3, 3, 3, 1]
            assert table.share_read == 1.0


def test_byte_order_mark_empty_lines_and_long_fields(tmp_path):
    long = "x" * 2_000_000
    path = write(tmp_path / "x.csv", b"\xef\xbb\xbftext\r\n\r\n" + long.encode() + b"\r\n")
    assert read_rows(path) == {"text": [long]}


def test_nul_bytes_are_text(tmp_path):
    assert read_rows(write(tmp_path / "x.csv", "text\na\0b\n")) == {"text": ["a\0b"]}


@pytest.mark.parametrize(
    ("columns", "wanted", "found"),
    [("id,review,content", None, "content"), ("text,review", None, "text"), ("x,text", "x", "x")],
)
def test_text_column(tmp_path, columns, wanted, found):
    with open_table(write(tmp_path / "x.csv", columns), "input") as table:
        assert table.text_column(wanted) == found


@pytest.mark.parametrize("wanted", [None, "text"])
def test_missing_text_column_lists_the_columns(tmp_path, wanted):
    path = write(tmp_path / "x.csv", "body,stars\n")
    with open_table(path, "input") as table, pytest.raises(InputError, match="body, stars"):
        table.text_column(wanted)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,a\n", "column 'a' is there twice"),
        ('a,b\n"x\ny",1\n"2"z,1\n', "line 4: bad quoting"),
        ('a,b\n1,2\n"x,1\ny,2\n', "line 3: bad quoting"),
        ('a,b\n"x\ny",1\n1,2,3\n', "line 4: has 3 fields, its header has 2"),
        ("a,b\n1\n", "line 2: has 1 field, its header"),
        (b"a,b\n1,2\n1,gr\xfc\xdf\n", "line 3: byte 0xfc is not UTF-8"),
        ("text\nx\n".encode("utf-16"), "line 1: byte 0xff is not UTF-8"),
    ],
)
def test_bad_csv(tmp_path, content, says):
    assert says in refusal(write(tmp_path / "x.csv", content))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ('{"a": 1}\n{"a": \n', "line 2: is not JSON (column 6: Expecting value)"),
        ("[1]\n", "line 1: is not a JSON object but list"),
        ('{"a": 1}\n\n{"a": 1, "b": 2}\n', "line 3: key 'b' is not in the first line"),
        ('{"a": "\\ud83d"}\n', "line 1: holds half of a surrogate pair"),
        (b'{"a": "\xe9"}\n', "line 1: byte 0xe9"),
        ("[" * 100_000, "line 1: is not JSON"),
    ],
)
def test_bad_jsonl(tmp_path, content, says):
    assert says in refusal(write(tmp_path / "x.jsonl", content))


def test_whole_surrogate_pairs_are_text(tmp_path):
    assert read_rows(write(tmp_path / "x.jsonl", '{"a": "\\ud83d\\ude00"}')) == {"a": ["😀"]}


@pytest.mark.parametrize("content", ["", "PAR1 but no more", "PAR1" * 100])
def test_bad_parquet(tmp_path, content):
    message = refusal(write(tmp_path / "x.parquet", content))
    assert "is empty" in message or "is not a readable parquet file" in message


def test_damaged_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({"text": [str(i) for i in range(10_000)]}), path)
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)
    assert "is damaged" in refusal(write(path, bytes(content)))
