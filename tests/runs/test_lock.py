"""One process at a time works in a folder, and the lock leaves nothing behind."""

import errno
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.runs.folder import RUN_LAYOUT, RunFolder
from reviewlab.runs.lock import is_locked, removed_unless
from reviewlab.runs.status import Status, write_status

HOLDER = """
import signal, sys
from pathlib import Path
from reviewlab.runs.folder import RunFolder
with RunFolder(Path(sys.argv[1])).held():
    print("held", flush=True)
    signal.pause()
"""


def test_only_one_process_trains_in_a_folder_until_it_has_died(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    arguments = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        told = f"is being trained by process {process.pid} on {socket.gethostname()}; wait until "
        for _ in range(2):  # the first refusal changes nothing for the second
            with pytest.raises(InputError, match=re.escape(told)), folder.held():
                raise AssertionError
        process.kill()
        process.wait()
    with folder.held():
        assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} ")


def test_a_folder_is_free_again_after_an_error(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(RuntimeError), folder.held():
        raise RuntimeError
    with folder.held():
        pass


def test_a_lock_is_seen_without_taking_it(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    assert [*tmp_path.iterdir()] == []  # looking leaves nothing behind
    with RunFolder(tmp_path).held():
        assert is_locked(tmp_path)
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    with RunFolder(tmp_path).held():
        pass


def test_a_file_for_a_folder_or_a_folder_for_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").touch()
    with pytest.raises(
        InputError, match=r"checkpoints' is a file; allowed: a folder; move it away"
    ):
        RunFolder(tmp_path).held().__enter__()
    (tmp_path / "checkpoints").unlink()
    for name in RUN_LAYOUT.files:
        (tmp_path / name).mkdir(parents=True)
        with pytest.raises(
            InputError, match=rf"{name}' is a folder; allowed: a file; move it away"
        ):
            RunFolder(tmp_path).held().__enter__()
        (tmp_path / name).rmdir()
    with RunFolder(tmp_path).held():
        pass


def test_who_locks_a_folder_removes_what_was_left_there(tmp_path: Path) -> None:
    left = [tmp_path / ".status.json.0123abcd.tmp", tmp_path / "figures" / ".a.png.01234567.tmp"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    with RunFolder(tmp_path).held():
        assert not [path for path in left if path.exists()]


@pytest.mark.parametrize("begins", [True, False])
def test_a_new_folder_stays_only_if_something_begins_there(tmp_path: Path, begins: bool) -> None:
    folder = RunFolder.claim(tmp_path, "run")
    with pytest.raises(RuntimeError), removed_unless(folder.has_begun, folder):
        folder.write_config({})
        if begins:
            write_status(folder.path, Status("queued"))
        raise RuntimeError
    assert folder.path.exists() == begins


def test_a_new_folder_whose_lock_cannot_be_written_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = RunFolder.claim(tmp_path, "run")
    monkeypatch.setattr("filelock.FileLock.acquire", full)
    with pytest.raises(OSError, match="No space"), removed_unless(folder.has_begun, folder):
        raise AssertionError
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_the_lock_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".lock")
    assert not is_locked(tmp_path)
