"""JSON is read object by object, and the objects may have different keys."""

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.tables.table_files import read_rows, refusal, write

from reviewlab.data.tables import open_table, pick, read_table
from reviewlab.exceptions import InputError

anything = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.lists(st.dictionaries(st.sampled_from("ab"), anything | st.integers() | st.none())))
def test_any_row_survives_jsonl(rows):
    rows = [{"a": "first", "b": None}, *rows]
    content = "".join(json.dumps(row) + "\n" for row in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        whole = read_rows("-", format="jsonl")
    assert whole == {name: [row.get(name) for row in rows] for name in "ab"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ('{"a": 1}\n{"a": \n', "line 2: is not JSON (column 6: Expecting value)"),
        ("[1]\n", "line 1: is not a JSON object but list"),
        ('{"a": "\\ud83d"}\n', "line 1: contains half of a surrogate pair"),
        (b'{"a": "\xe9"}\n', "line 1: byte 0xe9"),
        ("[" * 100_000, "line 1: is not JSON"),
    ],
)
def test_bad_jsonl(tmp_path, content, says):
    assert says in refusal(write(tmp_path / "x.jsonl", content))


def test_all_lines_that_are_no_rows_are_named_at_once(tmp_path):
    good = '{"a": 1}\n'
    content = good + '{"a": \n' + good + "\n{\n" + 20_000 * good + "oops\n"
    said = refusal(write(tmp_path / "x.jsonl", content))
    assert "line 2: is not JSON (column 6: " in said
    assert said.endswith("; see also lines 5, 20006")
    mixed = refusal(write(tmp_path / "z.jsonl", good + "[1]\n" + good + 'oops\n{"a": "\\ud83d"}\n'))
    assert mixed.endswith("if it contains one array of objects; see also lines 4, 5")
    many = refusal(write(tmp_path / "y.jsonl", good + 50 * "oops\n"))
    assert many.endswith("; see also lines 3, 4, 5, 6, 7, 8, 9, 10, 11")


def test_whole_surrogate_pairs_are_text(tmp_path):
    assert read_rows(write(tmp_path / "x.jsonl", '{"a": "\\ud83d\\ude00"}')) == {"a": ["😀"]}


def piped(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))


def test_columns_are_the_keys_of_all_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 1)
    path = write(tmp_path / "x.jsonl", '{"a": 1}\n\n{"c": 1, "b": 2}\n{}\n')
    whole = {"a": [1, None, None], "c": [None, 1, None], "b": [None, 2, None]}
    assert read_rows(path) == whole
    piped(monkeypatch, path.read_text())
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 3)
    assert read_rows("-", format="jsonl") == whole


def test_a_pipe_names_its_keys_in_the_first_chunk(monkeypatch):
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 1)
    piped(monkeypatch, '{"a": 1}\n\n{"a": 1, "b": 2}\n')
    message = refusal("-", format="jsonl")
    assert "line 3: key 'b' is new here" in message and "give a file" in message
    piped(monkeypatch, '{"a": 1, "b": null}\n\n{"a": 1, "b": 2}\n')
    assert read_rows("-", format="jsonl") == {"a": [1, 1], "b": [None, 2]}


@pytest.mark.parametrize("block", [1, 7, 2**18])
@pytest.mark.parametrize(
    "content",
    [
        '[{"a": "x"},\n\n {"a": "[{",\n  "b": {"c": [1]}}\n]\n',
        '{"a": "x"}\r\n\r\n{"a": "[{",\r\n  "b": {"c": [1]}}',
        ' [{"a":"x"}\r,\r{"a":"[{"\r,"b":{"c":[1]}}]',
    ],
)
def test_an_array_or_objects_over_lines_as_they_like(tmp_path, monkeypatch, content, block):
    monkeypatch.setattr("reviewlab.data.tables.text.BLOCK_BYTES", block)
    whole = read_table(write(tmp_path / "x.json", content), "input")
    assert whole.columns == {"a": ["x", "[{"], "b": [None, {"c": [1]}]}
    assert whole.lines == [1, 3]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("[]", "is empty"),
        ('[{"a": 1},\n{"a": 2}', "line 2: is not JSON (the array is not closed here"),
        ('[{"a": 1}\n {"a": 2}]', "line 2: is not JSON (the array is not closed here"),
        ('[{"a": 1},\n]', "line 2: is not JSON (Expecting value)"),
        ('[{"a": 1}]\n[]', "line 2: is not JSON (there is more text after the array)"),
        ('[{"a": 1},\n{"a":\n x}]', "line 3: is not JSON (Expecting value)"),
        ('[{"a": 1},\n[1]]', "line 2: is not a JSON object but list"),
        ('{"text": {"0": "a"}, "label": {"0": 1}}', "orient='records'"),
        ('[{"a": "\\ud83d"}]', "line 1: contains half of a surrogate pair"),
        (b'[{"a": 1},\n\n{"a": "\xe9"}]', "line 3: byte 0xe9"),
        ("[" * 100_000, "line 1: is not JSON"),
        ('[{"a' + '": {"a' * 50_000, "line 1: is not JSON"),
    ],
)
def test_bad_json(tmp_path, content, says):
    assert says in refusal(write(tmp_path / "x.json", content))


def test_a_path_leads_into_objects_and_a_column_of_that_name_wins(tmp_path):
    rows = [{"review": {"body": "x", "of": {"n": 1}}}, {"review": None}, {"review.body": "own"}]
    path = write(tmp_path / "x.jsonl", "".join(json.dumps(row) + "\n" for row in rows[:2]))
    with open_table(path, "input") as table:
        assert table.text_column("review.body") == "review.body"
        assert table.nested == ["review.body", "review.of", "review.of.n"]
        (chunk,) = table
    assert pick(chunk, "review.body") == ["x", None]
    assert read_table(path, "input", ["review.of.n"]).columns == {"review.of.n": [1, None]}
    with pytest.raises(InputError, match=r"no column 'review\.head'; .* review, review\.body"):
        read_table(path, "input", ["review.head"])
    path = write(tmp_path / "y.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert read_table(path, "input", ["review.body"]).columns["review.body"] == [None, None, "own"]


def test_objects_without_common_keys_are_no_table(tmp_path):
    path = write(tmp_path / "x.jsonl", "".join(f'{{"k{i}": 1}}\n' for i in range(1001)))
    assert "over 1000 different keys" in refusal(path)
