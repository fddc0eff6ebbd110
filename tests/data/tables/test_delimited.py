"""Rows of delimited text are read exactly as they are in the file."""

import csv
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.tables.table_files import read_rows, refusal, write

from reviewlab.data.tables import chunks, open_table

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


def test_chunks_are_bounded_in_rows_and_in_bytes(tmp_path, monkeypatch):
    path = write(tmp_path / "x.csv", "text\n" + "0123456789\n" * 10)
    monkeypatch.setattr("reviewlab.data.tables.text.BLOCK_BYTES", 1)
    for setting, value in (("CHUNK_ROWS", 3), ("CHUNK_CHARACTERS", 25)):
        with monkeypatch.context() as patch:
            patch.setattr(chunks, setting, value)
            with open_table(path, "input") as table:
                assert [len(rows["text"]) for rows in table] == [3, 3, 3, 1]
                assert table.share_read == 1.0


def test_byte_order_mark_empty_lines_and_long_fields(tmp_path):
    long = "x" * 2_000_000
    path = write(tmp_path / "x.csv", b"\xef\xbb\xbftext\r\n\r\n" + long.encode() + b"\r\n")
    assert read_rows(path) == {"text": [long]}


def test_nul_bytes_are_text(tmp_path):
    assert read_rows(write(tmp_path / "x.csv", "text\na\0b\n")) == {"text": ["a\0b"]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,a\n", "has two columns named 'a'"),
        ('a,b\n"x\ny",1\n"2"z,1\n', "line 4: bad quoting"),
        ('a,b\n1,2\n"x,1\ny,2\n', "line 3: bad quoting"),
        ('a,b\n"x\ny",1\n1,2,3\n', "line 4: has 3 fields, but the header has 2"),
        ("a,b\n1\n", "line 2: has 1 field, but the header"),
        (b"a,b\n1,2\n1,gr\xfc\xdf\n", "line 3: byte 0xfc is not UTF-8"),
    ],
)
def test_bad_csv(tmp_path, content, says):
    assert says in refusal(write(tmp_path / "x.csv", content))


def test_all_lines_of_another_encoding_are_named_at_once(tmp_path):
    good = 5_000 * b"1,2\n"
    table = write(tmp_path / "x.csv", b"a,b\n1,\xfc\n" + good + b"1,\xe4\n1,2\n1,\xe9")
    said = refusal(table)
    assert "line 2: byte 0xfc is not UTF-8" in said
    assert said.endswith("; see also lines 5003, 5005")


def test_all_rows_of_another_width_are_named_at_once(tmp_path):
    table = write(tmp_path / "x.csv", 'a,b\n1,2,3\n"4\n4",5\n\n6\n7,8\n9,9,9\n')
    assert refusal(table).endswith("; see also lines 6, 8")
    long = write(tmp_path / "y.csv", "a,b\n" + 20_000 * "1,2\n" + 20 * "3\n1,2\n")
    numbers = ", ".join(str(20_004 + 2 * number) for number in range(9))
    said = refusal(long)
    assert "line 20002: has 1 field" in said
    assert said.endswith(f"; see also lines {numbers}")
