"""Files are written completely or not at all, and what a killed writer left is removed."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlab.runs.atomic import atomic_folder, atomic_path, remove_leftovers, share_file
from reviewlab.runs.files import write_text


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "old")
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert (tmp_path / "file").read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_a_failed_folder_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), atomic_folder(tmp_path / "folder") as temporary:
        (temporary / "half").touch()
        raise RuntimeError
    assert names(tmp_path) == []
    with atomic_folder(tmp_path / "folder") as temporary:
        (temporary / "whole").touch()
    assert names(tmp_path) == ["folder", "folder/whole"]


def test_an_error_of_the_disk_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with pytest.raises(OSError) as raised, atomic_path(target):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (raised.value.filename, raised.value.errno) == (str(target), errno.ENOSPC)
    target.mkdir()
    with pytest.raises(IsADirectoryError) as raised, atomic_path(target):
        pass
    assert raised.value.filename == str(target)
    with pytest.raises(FileNotFoundError) as raised, atomic_path(tmp_path / "other"):
        (tmp_path / "missing").read_text()
    assert raised.value.filename == str(tmp_path / "missing")
    assert names(tmp_path) == ["file"]


WRITER = """
import os, signal, sys
from pathlib import Path
from reviewlab.runs.atomic import atomic_folder, atomic_path
with atomic_path(Path(sys.argv[1])) as file, atomic_folder(Path(sys.argv[2])) as folder:
    (folder / "half").write_text("half")
    print("writes", flush=True)
    signal.pause()
"""


def test_only_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    kept = [".x.tmp", "x.0123abcd.tmp", ".x.0123ABCD.tmp", ".x.0123abcd.tmp.txt"]
    for name in kept:
        (inner / name).touch()
    command = [sys.executable, "-c", WRITER, str(inner / "file"), str(inner / "folder")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writes\n"
        alive = names(tmp_path)
        remove_leftovers(tmp_path)
        write_text(inner / "file", "of another")
        assert names(tmp_path) == sorted([*alive, "inner/file"])
        process.kill()
        process.wait()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted(["inner", "inner/file", *(f"inner/{name}" for name in kept)])


def test_the_next_write_of_a_file_removes_what_the_killed_one_left(tmp_path: Path) -> None:
    (tmp_path / ".file.0123abcd.tmp").touch()
    (tmp_path / ".other.0123abcd.tmp").touch()
    write_text(tmp_path / "file", "new")
    assert names(tmp_path) == [".other.0123abcd.tmp", "file"]


def test_a_shared_file_stays_when_its_source_is_replaced(tmp_path: Path) -> None:
    source, target = tmp_path / "last", tmp_path / "best"
    source.write_text("1")
    for _ in range(2):  # the second time, both are links of one file already
        share_file(source, target)
        assert target.samefile(source)
        assert names(tmp_path) == ["best", "last"]
    write_text(source, "2")
    assert target.read_text() == "1"
    share_file(source, target)
    assert target.read_text() == "2"


def test_a_file_is_copied_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", str(source), None, str(target))

    monkeypatch.setattr(os, "link", link)
    (tmp_path / "last").write_text("1")
    share_file(tmp_path / "last", tmp_path / "best")
    assert (tmp_path / "best").read_text() == "1"
    assert not (tmp_path / "best").samefile(tmp_path / "last")
