"""Objects in JSON text, with the lines they begin on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.tables.json_values import read_lines, read_values
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.text import TextFile
from reviewlab.exceptions import InputError


def read(read_with: Callable[..., Any], path: Path, content: str) -> list[tuple[int, Any]]:
    path.write_bytes(content.encode())
    source = Source(str(path), "input")
    text = TextFile(source)
    try:
        return [*read_with(text, source)]
    finally:
        text.close()


def test_lines_hold_an_object_each(tmp_path: Path) -> None:
    content = '{"a": 1}\n\n  {"b": "\u2028"}\r\n'
    assert read(read_lines, tmp_path / "x", content) == [(1, {"a": 1}), (3, {"b": "\u2028"})]


def test_values_run_over_lines_as_they_like(tmp_path: Path) -> None:
    content = '[\n{"a":\n1},\n\n{"b": [2]} ]\n'
    assert read(read_values, tmp_path / "x", content) == [(2, {"a": 1}), (5, {"b": [2]})]
    assert read(read_values, tmp_path / "x", '{"a": 1}{"b": 2}') == [(1, {"a": 1}), (1, {"b": 2})]
    assert read(read_values, tmp_path / "x", " [ ] ") == []


@pytest.mark.parametrize(
    ("read_with", "content", "line"),
    [
        (read_lines, '{"a": 1}\nno\n', "line 2: is not JSON"),
        (read_lines, "[1]\n", "line 1: is not a JSON object but list"),
        (read_lines, '{"a": "\\ud800"}\n', "line 1: contains half of a surrogate pair"),
        (read_values, '[{"a": 1},\n{"b": 2}\n', "the array is not closed"),
        (read_values, '[{"a": 1}]\nmore', "line 2: is not JSON .there is more text after"),
        (read_values, '[{"a": 1},\n3]', "line 2: is not a JSON object but int"),
    ],
)
def test_anything_else_is_refused_with_its_line(
    tmp_path: Path, read_with: Callable[..., Any], content: str, line: str
) -> None:
    with pytest.raises(InputError, match=line):
        read(read_with, tmp_path / "x", content)


ROWS = st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), min_size=1)


@given(rows=ROWS, indent=st.sampled_from([None, 1]))
def test_an_array_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], indent: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.json"
    content = json.dumps(rows, indent=indent)
    assert [row for _, row in read(read_values, path, content)] == rows
