"""The remaining work of a sweep, and the outcome of a job."""

import signal
from pathlib import Path

import pytest
from tests.sweeps.conftest import job

from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status
from reviewlab.sweeps.grid_source import earlier
from reviewlab.sweeps.outcome import DISK_FAILED, known_result, known_status, settle


@pytest.mark.parametrize(
    ("state", "failures", "result", "over"),
    [
        ("done", 0, True, True),
        ("done", 0, False, False),
        ("pruned", 0, False, True),
        ("running", 0, False, False),
        ("preempted", 0, False, False),
        ("queued", 0, False, False),
        ("failed", 1, False, False),
        ("killed", 2, False, False),
        ("failed", 3, False, True),
        ("killed", 3, False, True),
    ],
)
def test_what_is_over_and_what_goes_on(
    state: State, failures: int, result: bool, over: bool, tmp_path: Path
) -> None:
    write_status(tmp_path, Status(state, failures=failures))
    if result:
        write_result(tmp_path, {"best": {}})
    jobs = [job(0), job(1)]
    found = earlier(jobs, {jobs[0].run_id: tmp_path}, max_attempts=3)
    assert [e.job for e in found] == ([jobs[0]] if over else [])


@pytest.mark.parametrize("verdict", [("killed", "took too long"), ("preempted", "stopped at once")])
@pytest.mark.parametrize(
    ("state", "result", "stands"),
    [("done", True, True), ("pruned", False, True), ("done", False, False)],
)
def test_what_is_complete_stays_so_whatever_was_done_to_its_process(
    state: State, result: bool, stands: bool, verdict: tuple[State, str], tmp_path: Path
) -> None:
    write_status(tmp_path, Status(state))
    if result:
        write_result(tmp_path, {"best": {}})
    settled = settle(tmp_path, -signal.SIGKILL, verdict)
    assert settled.state == (state if stands else verdict[0])
    assert known_status(tmp_path) == settled


def test_what_a_killed_job_was_writing_is_removed(tmp_path: Path) -> None:
    write_status(tmp_path, Status("running"))
    half = tmp_path / "checkpoints" / ".last.ckpt.0123abcd.tmp"
    half.parent.mkdir()
    half.touch()
    settle(tmp_path, -signal.SIGKILL)
    assert not half.exists()


@pytest.mark.parametrize(
    ("error", "reason"),
    [("Traceback\nOSError: [Errno 5]", "OSError: [Errno 5]"), (None, "the disk is full or failed")],
)
def test_a_disk_that_fails_is_no_failure_of_the_job(
    tmp_path: Path, error: str | None, reason: str
) -> None:
    begun = Status("queued", failures=1).begun()
    write_status(tmp_path, begun.finished("failed", error) if error else begun)
    settled = settle(tmp_path, DISK_FAILED)
    assert (settled.state, settled.failures, settled.reason) == ("preempted", 1, reason)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"states": 1}', "null"])
def test_a_file_that_cannot_be_read_is_as_none(text: str, tmp_path: Path) -> None:
    for name in ("status.json", "result.json"):
        (tmp_path / name).write_text(text)
    assert known_status(tmp_path) == Status("queued")
    assert known_result(tmp_path) is None
