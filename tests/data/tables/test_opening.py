"""Tables are opened by their suffix; other files are refused in one line."""

import io
import sys

import pytest
from tests.data.tables.table_files import read_rows, refusal, write

from reviewlab.data.tables import format_of, open_table, read_table
from reviewlab.exceptions import InputError


def test_header_only_has_columns_and_no_rows_but_trains_nothing(tmp_path):
    path = write(tmp_path / "x.csv", "text,label\n")
    assert read_rows(path) == {"text": [], "label": []}
    with pytest.raises(InputError, match=r"data\.source: .* has a header but no rows"):
        read_table(path, "data.source", ["text"])


def test_read_table_takes_the_named_columns(tmp_path):
    path = write(tmp_path / "x.csv", "b,text\n1,one\n2,two\n")
    whole = read_table(path, "data.source", ["text", "b"])
    assert whole.columns == {"text": ["one", "two"], "b": ["1", "2"]}
    assert list(read_table(path, "data.source").columns) == ["b", "text"]
    with pytest.raises(InputError, match=r"data\.source: .* no column 'score'.* are b, text$"):
        read_table(path, "data.source", ["score"])


def test_paths_that_are_no_table(tmp_path):
    assert refusal(tmp_path / "no.csv").endswith("does not exist")
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in refusal(tmp_path / "folder.csv")
    assert "must end in .csv, .tsv, .txt" in refusal(write(tmp_path / "x.dat", "text\n"))
    assert read_rows(tmp_path / "x.dat", format="csv") == {"text": []}
    assert "stdin" in refusal("-", format="parquet")


@pytest.mark.parametrize(
    ("path", "given", "kind"),
    [
        ("x.csv", None, "csv"),
        ("X.NDJSON", None, "jsonl"),
        ("x.parquet", "csv", "parquet"),
        ("x.txt", "jsonl", "jsonl"),
        ("x.tsv.GZ", "jsonl", "tsv"),
        ("x.json.zst", None, "json"),
        ("x.txt", None, "txt"),
        ("x.gz", "csv", "csv"),
        ("x.feather", None, "arrow"),
        ("-", None, "csv"),
        ("-", "jsonl", "jsonl"),
    ],
)
def test_a_known_suffix_names_the_format_and_else_the_option_does(path, given, kind):
    assert format_of(path, "input", given) == kind


def test_stdin_stays_open_behind_a_table(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"text\none\n")))
    with open_table("-", "input") as table:
        assert [rows["text"] for rows in table] == [["one"]]
    assert not sys.stdin.buffer.closed


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.csv", 'a,b\n\n"x\ny",1\nz,2\n'), ("x.jsonl", '\n\n{"a": 1}\n\n\n{"a": 2}\n')],
)
def test_lines_are_where_rows_begin_whatever_the_chunks(tmp_path, monkeypatch, name, content):
    path = write(tmp_path / name, content)
    for rows in (1, 2, 3):
        monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", rows)
        whole = read_table(path, "data.source")
        assert whole.lines == ([3, 5] if name == "x.csv" else [3, 6])
