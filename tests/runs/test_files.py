"""Files are written completely or not at all."""

from pathlib import Path

import pytest

from reviewlab.runs.files import atomic_path, make_new_folder, read_json, write_json, write_text


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "old")
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert (tmp_path / "file").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_json_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": [float("nan"), float("-inf"), 1.5], "b": (1, "ü")})
    assert read_json(tmp_path / "x.json") == {"a": [None, None, 1.5], "b": [1, "ü"]}


def test_folders_of_one_name_are_numbered(tmp_path: Path) -> None:
    """The parent is made too, and a file of that name counts as taken."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x-3").touch()
    names = [make_new_folder(tmp_path / "a" / "x").name for _ in range(3)]
    assert names == ["x", "x-2", "x-4"]
    assert make_new_folder(tmp_path / "b" / "x") == tmp_path / "b" / "x"
