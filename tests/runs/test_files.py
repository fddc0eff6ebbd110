"""New folders never share a name, and files are read within bounds."""

import os
from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.runs.files import (
    make_new_folder,
    no_empty_parents,
    read_json,
    read_text,
    readable,
    write_json,
)


def test_json_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": [float("nan"), float("-inf"), 1.5], "b": (1, "ü")})
    assert read_json(tmp_path / "x.json") == {"a": [None, None, 1.5], "b": [1, "ü"]}


def test_a_name_that_is_not_utf8_can_be_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"run-\xff")
    write_json(tmp_path / "x.json", {"folder": name})
    assert read_json(tmp_path / "x.json") == {"folder": name}


def test_folders_of_one_name_are_numbered(tmp_path: Path) -> None:
    """The parent is made too, and a file of that name counts as taken."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x-3").touch()
    names = [make_new_folder(tmp_path / "a" / "x").name for _ in range(3)]
    assert names == ["x", "x-2", "x-4"]
    assert make_new_folder(tmp_path / "b" / "x") == tmp_path / "b" / "x"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(InputError, match=rf"^outputs: '{tmp_path}': Not a directory; allowed: "):
        make_new_folder(tmp_path / "runs" / "x")


def test_parents_stay_only_if_they_were_there_or_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "outputs" / "runs" / "x"
    with pytest.raises(RuntimeError), no_empty_parents(path):
        make_new_folder(path).rmdir()
        raise RuntimeError
    assert not [*tmp_path.iterdir()]
    with no_empty_parents(path):
        make_new_folder(path)
    assert path.is_dir()
    path.rmdir()
    with no_empty_parents(path):
        pass
    assert path.parent.is_dir()


def test_a_file_is_read_only_if_it_is_regular_and_not_too_large(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("12345")
    assert read_text(tmp_path / "x", limit=5) == "12345"
    with pytest.raises(ValueError, match="has 5 bytes; allowed: at most 4"):
        read_text(tmp_path / "x", limit=4)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device"):
        with pytest.raises(ValueError, match="not a regular file"):
            read_json(tmp_path / name)


def test_an_error_of_reading_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="nested too deeply") as raised, readable(tmp_path):
        read_json(tmp_path / "x.json")
    assert "\n" not in str(raised.value)
