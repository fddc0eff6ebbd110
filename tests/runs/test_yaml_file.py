"""A yaml file from elsewhere costs no more than its size, and holds plain values."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.runs.yaml_file import read_yaml, write_yaml

LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)

HOSTILE = {
    "a billion laughs": (LAUGHS, "stands for more than 100,000 values"),
    "open brackets": ("a: " + "[" * 50_000, "nested more than 50 deep"),
    "closed brackets": ("a: " + "[" * 500 + "]" * 500, "nested more than 50 deep"),
    "open braces": ("{a: " * 50_000, "nested more than 50 deep"),
    "dashes": ("- " * 50_000, "nested more than 50 deep"),
    "complex keys": ("? " * 50_000, "nested more than 50 deep"),
    "itself": ("&a [*a]", "the alias *a refers to itself"),
    "itself in a mapping": ("a: &a {b: *a}", "the alias *a refers to itself"),
    "an unknown alias": ("a: *b", "the alias *b refers to itself or to nothing"),
    "many digits": ("a: " + "1" * 5000, "a number has 5,000 characters"),
    "fewer digits": ("a: " + "1" * 900, "a whole number has"),
    "base 60": ("a: 1" + ":1" * 100_000, "a number has 200,001 characters"),
    "a date": ("a: 2026-01-01", "type date"),
    "no date": ("a: 2026-13-45", "month must be in 1..12"),
    "a time": ("a: 2026-01-01 10:00:00", "type datetime"),
    "a set": ("a: !!set {b, c}", "type set"),
    "bytes": ("a: !!binary aGk=", "type bytes"),
    "a list as a key": ("? [1, 2]\n: 3", "unhashable key"),
    "code": ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
    "two documents": ("a: 1\n---\nb: 2", "expected a single document"),
    "control characters": ("a: \x00", "control characters are not allowed"),
    "values": ("[" + "1, " * 200_000 + "]", "stands for more than 100,000 values"),
    "a large file": ("# " + "x" * 2**21, "allowed: at most 2,097,152"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused_in_a_line(tmp_path: Path, name: str) -> None:
    content, told = HOSTILE[name]
    (tmp_path / "x.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r".") as caught:
        read_yaml(tmp_path / "x.yaml")
    assert told in str(caught.value)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: \xff")
    with pytest.raises(ValueError, match="utf-8"):
        read_yaml(tmp_path / "x.yaml")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    with pytest.raises(ValueError, match="not a regular file"):
        read_yaml(tmp_path / "x.yaml")


def test_an_alias_is_allowed(tmp_path: Path) -> None:
    """Yaml writes one where two keys have the same list."""
    shared = [1, 2]
    write_yaml(tmp_path / "x.yaml", {"a": shared, "b": shared})
    assert "*" in (tmp_path / "x.yaml").read_text()
    assert read_yaml(tmp_path / "x.yaml") == {"a": [1, 2], "b": [1, 2]}


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t:&*-[]{}#'\""))
scalars = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | text
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=20,
)


@given(value=plain)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    write_yaml(path, value)
    assert repr(read_yaml(path)) == repr(value)


@given(st.text(st.sampled_from("&*[]{}-:?!|>%@ \nab1.,'\"#<"), max_size=60))
def test_any_text_is_read_or_refused(content: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_text(content, encoding="utf-8")
        try:
            read_yaml(path)
        except ValueError as error:
            assert "\n" not in str(error)
