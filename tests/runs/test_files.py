"""Files are written completely or not at all."""

from pathlib import Path

import pytest

from reviewlab.runs.files import atomic_path, read_json, write_json, write_text


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
