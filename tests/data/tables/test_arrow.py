"""Binary tables keep their types and are read in chunks."""

import datasets
import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet
from tests.data.tables.table_files import read_rows, refusal, write

from reviewlab.data.tables import as_list, open_table, pick, read_table


def test_parquet_keeps_types(tmp_path):
    table = pa.table({"text": ["a", None], "n": pa.array([1, 2], pa.int8())})
    parquet.write_table(table, tmp_path / "x.parquet")
    with open_table(tmp_path / "x.parquet", "input") as opened:
        (rows,) = opened
    assert rows["n"].type == pa.int8()
    assert as_list(rows["text"]) == ["a", None]


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


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_arrow_files_and_streams_are_read_in_chunks(tmp_path, monkeypatch, batch):
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 2)
    table = pa.table({"text": ["a", None, "c", "d", "e"], "n": pa.array(range(5), pa.int8())})
    with ipc.new_file(tmp_path / "x.arrow", table.schema) as file:
        file.write_table(table, batch)
    with ipc.new_stream(tmp_path / "y.arrow", table.schema) as stream:
        stream.write_table(table, batch)
    feather.write_feather(table, tmp_path / "z.feather", compression="zstd")
    for name in ("x.arrow", "y.arrow", "z.feather"):
        whole = read_table(tmp_path / name, "input")
        assert (whole.columns, whole.lines) == (table.to_pydict(), [1, 2, 3, 4, 5])
        with open_table(tmp_path / name, "input") as opened:
            assert all(len(rows["text"]) <= 2 and rows["n"].type == pa.int8() for rows in opened)
            assert opened.share_read is not None


def test_what_datasets_saved_is_read(tmp_path):
    rows = {"text": ["a", "b"], "label": [0, 1]}
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "saved", num_proc=None)
    (path,) = (tmp_path / "saved").glob("*.arrow")
    assert read_rows(path) == rows


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_path_leads_into_structs(tmp_path, suffix):
    table = pa.table({"review": [{"body": "x", "n": 1}, None, {"body": None, "n": 2}]})
    if suffix == "parquet":
        parquet.write_table(table, tmp_path / "x.parquet")
    else:
        feather.write_feather(table, tmp_path / "x.arrow")
    with open_table(tmp_path / f"x.{suffix}", "input") as opened:
        assert opened.nested == ["review.body", "review.n"]
        (rows,) = opened
    assert as_list(pick(rows, "review.body")) == ["x", None, None]


@pytest.mark.parametrize("content", [b"", b"ARROW1 but no more", bytes(100), b"text,label\na,1\n"])
def test_bad_arrow(tmp_path, content):
    message = refusal(write(tmp_path / "x.arrow", content))
    assert "is empty" in message or "is not a readable arrow file" in message


def test_a_stream_that_is_cut_short(tmp_path):
    table = pa.table({"text": [str(i) for i in range(20_000)]})
    with ipc.new_stream(tmp_path / "x.arrow", table.schema) as stream:
        stream.write_table(table, 1000)
    whole = (tmp_path / "x.arrow").read_bytes()
    assert "is damaged" in refusal(write(tmp_path / "y.arrow", whole[: len(whole) // 2]))


def test_an_encoding_is_of_text(tmp_path):
    parquet.write_table(pa.table({"text": ["a"]}), tmp_path / "x.parquet")
    assert "leave out encoding=cp1252" in refusal(tmp_path / "x.parquet", encoding="cp1252")


def test_a_column_that_is_there_twice(tmp_path):
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    parquet.write_table(table, tmp_path / "x.parquet")
    assert "has two columns named 'text'" in refusal(tmp_path / "x.parquet")
