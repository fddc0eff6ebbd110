"""Rows as written in each format."""

import csv
import io
import json
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from reviewlab.data.tables.writers import (
    CsvWriter,
    JsonWriter,
    ParquetWriter,
    TableWriter,
    TsvWriter,
)
from reviewlab.exceptions import InputError

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)


def written(kind: type[TableWriter], rows: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    writer = kind(file, [*rows], "output")
    writer.write(rows)
    writer.finish()
    return file.getvalue()


@pytest.mark.parametrize(("kind", "delimiter"), [(CsvWriter, ","), (TsvWriter, "\t")])
@given(texts=TEXTS)
def test_delimited_text_comes_back_as_it_was(
    kind: type[TableWriter], delimiter: str, texts: list[str]
) -> None:
    content = written(kind, {"text": texts, "n": [*range(len(texts))]}).decode()
    rows = [*csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)]
    assert rows == [["text", "n"], *([text, str(n)] for n, text in enumerate(texts))]


def test_values_of_other_kinds_are_written_as_json_writes_them() -> None:
    rows = {"x": [None, 1.5, True, ["a"]]}
    assert written(CsvWriter, rows).decode().splitlines() == ["x", '""', "1.5", "true", '"[""a""]"']


@given(texts=TEXTS)
def test_json_lines_come_back_as_they_were(texts: list[str]) -> None:
    content = written(JsonWriter, {"text": texts}).decode()
    assert [json.loads(line)["text"] for line in content.split("\n")[:-1]] == texts


def test_parquet_keeps_types_and_a_table_without_rows() -> None:
    rows = {"text": ["a", None], "n": pyarrow.array([1, 2], pyarrow.int8())}
    read = parquet.read_table(io.BytesIO(written(ParquetWriter, rows)))
    assert read.to_pydict() == {"text": ["a", None], "n": [1, 2]}
    assert read.schema.field("n").type == pyarrow.int8()
    file = io.BytesIO()
    ParquetWriter(file, ["text"], "output").finish()
    assert parquet.read_table(io.BytesIO(file.getvalue())).num_rows == 0


def test_a_parquet_column_of_two_types_is_refused() -> None:
    with pytest.raises(InputError, match=r"^output: all values in a parquet column must have"):
        written(ParquetWriter, {"x": ["a", 1]})
