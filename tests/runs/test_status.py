"""The status of a run, and how an attempt ends."""

import errno
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.runs import statuses

from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import State, Status, read_record, read_status, write_end, write_status


def test_a_run_without_a_status_waits(tmp_path: Path) -> None:
    assert read_status(tmp_path) == Status("queued")


def test_a_status_is_read_as_it_was_written(tmp_path: Path) -> None:
    status = replace(Status("queued", 1, 1).begun(), epoch=2, step=30, heartbeat=5.0)
    write_status(tmp_path, status)
    assert read_status(tmp_path) == status
    assert (status.state, status.attempts, status.failures) == ("running", 2, 1)


@pytest.fixture
def gone() -> Status:
    """The status of a run on this machine whose process was killed in its second attempt."""
    return replace(statuses.gone(attempts=2, failures=1), epoch=2, step=30, heartbeat=5.0)


def test_a_run_whose_process_is_gone_was_killed(gone: Status, tmp_path: Path) -> None:
    write_status(tmp_path, gone)
    status = read_status(tmp_path)
    assert (status.state, status.reason) == ("killed", "its process ended unexpectedly")
    assert (status.attempts, status.failures, status.ended) == (2, 1, 5.0)
    assert read_record(tmp_path) == gone  # reading writes nothing
    write_end(tmp_path, gone, "killed", "by the kernel")
    assert read_status(tmp_path).failures == 2  # only a record of it counts as a failure


def test_a_run_whose_process_id_was_given_away_was_killed(tmp_path: Path) -> None:
    began = replace(Status("queued").begun(), started=time.time() - 1e6)
    write_status(tmp_path, began)
    assert read_status(tmp_path).state == "killed"


@pytest.mark.parametrize("host", ["elsewhere", ""])
def test_a_process_on_another_machine_cannot_be_looked_up(
    host: str, gone: Status, tmp_path: Path
) -> None:
    write_status(tmp_path, replace(gone, host=host))
    assert read_status(tmp_path).state == "running"


def test_a_process_that_cannot_be_seen_but_holds_the_folder_runs(
    gone: Status, tmp_path: Path
) -> None:
    """It may be in a container, or the clock was set."""
    write_status(tmp_path, gone)
    with RunFolder(tmp_path).held():
        assert read_status(tmp_path).state == "running"
    assert read_status(tmp_path).state == "killed"


@pytest.mark.parametrize("state", ["queued", "done", "failed", "preempted", "pruned"])
def test_only_a_run_that_seems_to_run_is_looked_up(
    state: State, gone: Status, tmp_path: Path
) -> None:
    write_status(tmp_path, replace(gone, state=state))
    assert read_status(tmp_path).state == state


def test_a_run_that_ends_while_it_is_looked_up_ended_as_it_says(
    gone: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(folder: Path) -> bool:
        write_end(folder, gone, "done")
        return False

    write_status(tmp_path, gone)
    monkeypatch.setattr("reviewlab.runs.status.is_locked", end)
    assert read_status(tmp_path).state == "done"


@pytest.mark.parametrize(
    ("state", "failures"), [("done", 0), ("preempted", 0), ("failed", 1), ("killed", 1)]
)
def test_an_end_counts_failures_and_keeps_how_far_it_came(
    tmp_path: Path, state: str, failures: int
) -> None:
    begun = Status("queued").begun()
    write_status(tmp_path, replace(begun, epoch=3, step=40, heartbeat=7.0))
    write_end(tmp_path, begun, state, "why\nthe last line")
    ended = read_status(tmp_path)
    assert (ended.state, ended.failures, ended.reason) == (state, failures, "the last line")
    assert (ended.epoch, ended.step, ended.heartbeat) == (3, 40, 7.0)
    assert ended.ended is not None


@pytest.mark.parametrize("error", [None, "Traceback\n" * 1000 + "OSError: full"])
def test_an_end_is_recorded_on_a_full_disk(
    tmp_path: Path, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, value: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    begun = Status("queued").begun()
    write_status(tmp_path, replace(begun, epoch=3))
    file = tmp_path / "status.json"
    inode = file.stat().st_ino
    monkeypatch.setattr("reviewlab.runs.status.write_json", full)
    write_end(tmp_path, begun, "failed", error)
    ended = read_status(tmp_path)
    assert (ended.state, ended.epoch, ended.reason) == (
        "failed",
        3,
        "OSError: full" if error else "",
    )
    assert file.stat().st_ino == inode
    assert file.stat().st_size < 1000
    with pytest.raises(OSError, match="No space left"):  # it goes on, and must not look ended
        write_status(tmp_path, begun)
    file.unlink()
    with pytest.raises(OSError, match="No space left"):
        write_end(tmp_path, begun, "failed")


def test_an_end_is_written_over_a_damaged_status(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text("{")
    write_end(tmp_path, Status("queued").begun(), "failed", "full")
    assert read_status(tmp_path).state == "failed"


@pytest.mark.parametrize(
    "content",
    [
        '{"state": [1]}',
        '{"state": "gone"}',
        '{"state": null}',
        '{"state": "done", "attempts": "x"}',
        '{"state": "done", "error": 5}',
        '{"state": "done", "host": null}',
        '{"state": "running", "started": "now"}',
        '{"state": "running", "epoch": [1]}',
        "[" * 100_000,
        '{"state": ' + "1" * 5000 + "}",
    ],
)
def test_a_status_that_no_run_writes_is_unreadable(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read_status(tmp_path)
