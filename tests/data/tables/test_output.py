"""Written tables read back the same, and a failure leaves nothing behind."""

import csv
import io
import json
import resource
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from reviewlab.data.tables import as_list, create_table, open_table
from reviewlab.exceptions import InputError

anything = st.text(st.characters(codec="utf-8"), max_size=30)
tables = st.dictionaries(anything.filter(lambda name: name[:1] != "\ufeff"), st.none(), min_size=1)


class Stdout:
    """A substitute for `sys.stdout`, of which only `buffer` is used."""

    def __init__(self):
        self.buffer = io.BytesIO()


def save(path, rows, **options):
    with create_table(path, list(rows), "output", **options) as table:
        table.write(rows)


def load(path):
    with open_table(path, "input") as table:
        chunks = list(table)
    assert len(chunks) == 1
    return {name: as_list(values) for name, values in chunks[0].items()}


def written(rows, kind):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", Stdout())
        save("-", rows, format=kind)
        return sys.stdout.buffer.getvalue()


@given(tables, st.data())
def test_any_text_survives_csv(names, data):
    rows = {name: data.draw(st.lists(anything, min_size=2, max_size=2)) for name in names}
    content = written(rows, "csv").decode()
    header, *values = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert header == list(rows)
    assert values == [list(row) for row in zip(*rows.values(), strict=True)]


@given(tables, st.data())
def test_any_value_survives_jsonl(names, data):
    value = anything | st.none() | st.integers() | st.floats(allow_nan=False) | st.lists(anything)
    rows = {name: data.draw(st.lists(value, min_size=2, max_size=2)) for name in names}
    lines = written(rows, "jsonl").split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True)
    ]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_format_reads_back(tmp_path, suffix):
    rows = {"b": ["1", "é\n"], "a": ['"', "\0"]}
    save(tmp_path / f"x.{suffix}", rows)
    assert load(tmp_path / f"x.{suffix}") == rows


def test_csv_is_plain_where_it_can_be(tmp_path):
    save(tmp_path / "x.csv", {"a": ["007", None, [1, "é"]], "p": [0.25, 1e-7, True]})
    assert (tmp_path / "x.csv").read_text() == 'a,p\n007,0.25\n,1e-07\n"[1, ""é""]",true\n'


def test_parquet_keeps_the_types_of_parquet(tmp_path):
    source = pa.table({"n": pa.array([1, None], pa.int8()), "when": pa.array([0, 1], pa.date32())})
    parquet.write_table(source, tmp_path / "x.parquet")
    with (
        open_table(tmp_path / "x.parquet", "input") as table,
        create_table(tmp_path / "y.parquet", table.columns, "output") as out,
    ):
        for rows in table:
            out.write(rows)
    assert parquet.read_table(tmp_path / "y.parquet").equals(source)


def test_a_parquet_column_has_one_type(tmp_path):
    with create_table(tmp_path / "x.parquet", ["a", "b"], "output") as out:
        out.write({"a": [None], "b": [1.5]})
        out.write({"a": ["text"], "b": [2]})
    assert parquet.read_table(tmp_path / "x.parquet").to_pydict() == {
        "a": [None, "text"],
        "b": [1.5, 2.0],
    }
    with (
        pytest.raises(InputError, match=r"output: all values in a parquet column must have"),
        create_table(tmp_path / "y.parquet", ["a"], "output") as out,
    ):
        out.write({"a": [1]})
        out.write({"a": ["text"]})
    assert not (tmp_path / "y.parquet").exists()


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_no_rows(tmp_path, suffix):
    with create_table(tmp_path / f"x.{suffix}", ["a", "b"], "output"):
        pass
    if suffix != "jsonl":
        with open_table(tmp_path / f"x.{suffix}", "input") as table:
            assert table.columns == ["a", "b"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_failure_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), create_table(path, ["a"], "output") as table:
        table.write({"a": ["x"]})
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("size", [2_000, 2_000_000])
def test_no_space_left(tmp_path, suffix, size):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(InputError, match=r"^output: '.*' cannot be written: File too large$"):
            save(tmp_path / f"x.{suffix}", {"a": ["%x" % (i * 12345) for i in range(size // 10)]})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


def test_a_full_device():
    with pytest.raises(InputError, match="No space left on device"):
        save("/dev/full", {"a": ["x"]}, format="csv")


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "x.csv")
    save(tmp_path / "link.csv", {"a": ["1"]})
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "x.csv").read_text() == "a\n1\n"
    save("/dev/null", {"a": ["1"]}, format="csv")


def test_paths_that_cannot_be_written(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for path, says in [("folder.csv", "is a folder"), ("no/x.csv", "No such file or directory")]:
        with pytest.raises(InputError, match=f"^output: .*{says}"):
            save(tmp_path / path, {"a": []})
    with pytest.raises(InputError, match=r"must end in \.csv"):
        save(tmp_path / "x.txt", {"a": []})
