"""The queue with jobs that end in every possible way, in real processes from a real fork server."""

import errno
import math
import signal
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from tests.sweeps.conftest import Events, job
from tests.until import until

from reviewlab.runs.process import process_exists
from reviewlab.runs.status import Status, read_record, read_status
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import Slot
from reviewlab.sweeps.queue import Queue

PATIENCE = 600
"""Ample time for saving, in seconds."""

Make = Callable[..., tuple[Queue, Events]]


def states(events: Events) -> dict[int, str]:
    return {number: status.state for number, status in sorted(events.statuses.items())}


def when(condition: Callable[[], bool], act: Callable[[], Any]) -> threading.Thread:
    """Call a function as soon as a condition holds."""

    def wait() -> None:
        until(condition, "the jobs")
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


class Waiting:
    """A job that waits for a machine until it is stopped."""

    began, lost = math.inf, ""

    def __init__(self) -> None:
        self.sentinel, self.mouth = Pipe(duplex=False)

    def exit_code(self) -> int:
        return -signal.SIGTERM

    def ask_to_stop(self) -> None:
        self.mouth.close()

    kill = ask_to_stop


def test_each_ends_as_it_did_and_the_others_go_on(queue: Make, tmp_path: Path) -> None:
    work, events = queue("raise", "exit", "kill", "succeed")
    work.run()
    assert states(events) == {0: "failed", 1: "failed", 2: "killed", 3: "done"}
    assert "exit code 7" in (events.statuses[1].error or "")
    assert "SIGKILL" in (events.statuses[2].error or "")
    for number, status in events.statuses.items():
        assert read_status(tmp_path / str(number)) == status
        assert status.failures == (status.state != "done")


def test_a_slot_is_busy_again_before_the_views_are_told(queue: Make, tmp_path: Path) -> None:
    work, events = queue("succeed", "succeed", slots=1)
    told, next_has_begun = events.ended, []

    def ended(job: Job, status: Status, folder: Path) -> None:
        next_has_begun.append((tmp_path / str(job.number + 1)).exists())
        told(job, status, folder)

    events.ended = ended  # type: ignore[method-assign]
    work.run()
    assert next_has_begun == [True, False]
    assert events.most_at_once == 1


@pytest.mark.parametrize(("action", "state"), [("truncate", "failed"), ("delete", "failed")])
def test_a_folder_that_cannot_be_read_is_one_failure(queue: Make, action: str, state: str) -> None:
    work, events = queue(action, "succeed")
    work.run()
    assert states(events) == {0: state, 1: "done"}


def test_never_more_jobs_than_slots(queue: Make) -> None:
    work, events = queue(*["succeed"] * 6, slots=2)
    work.run()
    assert events.most_at_once == 2
    assert len(events.statuses) == 6


def test_the_first_failure_stops_the_others_when_asked_to(queue: Make, tmp_path: Path) -> None:
    work, events = queue("wait", "exit", "succeed", fail_fast=True, grace=PATIENCE)
    work.run()
    assert states(events) == {0: "preempted", 1: "failed"}
    assert not (tmp_path / "2").exists()


def test_a_full_disk_stops_all_and_is_no_jobs_failure(queue: Make, tmp_path: Path) -> None:
    work, events = queue("full", "succeed", slots=1)
    work.run()
    assert states(events) == {0: "preempted"}
    assert events.statuses[0].failures == 0


def test_an_error_of_the_sweep_lets_its_jobs_save(queue: Make, tmp_path: Path) -> None:
    work, events = queue("wait", "wait", grace=PATIENCE)

    def fail() -> None:
        if all((tmp_path / str(number) / "waiting").exists() for number in range(2)):
            raise OSError(errno.EIO, "Input/output error")

    events.tick = fail
    with pytest.raises(OSError, match="Input/output"):
        work.run()
    for number in range(2):
        status = read_status(tmp_path / str(number))
        assert (status.state, status.reason) == ("preempted", "told to")


def test_a_job_past_its_time_is_killed_after_it_could_save(queue: Make) -> None:
    work, events = queue("wait", timeout=1.0, grace=PATIENCE)
    work.run()
    assert states(events) == {0: "killed"}
    assert events.statuses[0].error == "took longer than sweep.timeout=1 s"


def test_a_job_that_is_late_and_hears_nothing_is_killed(queue: Make) -> None:
    work, events = queue("deaf", timeout=0.5, grace=0.5)
    work.run()
    assert states(events) == {0: "killed"}
    assert events.statuses[0].error == "took longer than sweep.timeout=0.5 s"


def test_a_job_that_waits_for_a_machine_is_not_late(tmp_path: Path) -> None:
    events, started, slots = Events(), (tmp_path, Waiting()), [Slot(0, None)]
    work = Queue(GridSource([job(0)]), [events], slots, lambda *_: started, timeout=1e-9)
    events.tick = work.stop  # after the first reading of the clock
    work.run()
    assert states(events) == {0: "preempted"}


def test_stopping_lets_jobs_save_and_starts_nothing_more(queue: Make, tmp_path: Path) -> None:
    work, events = queue("wait", "wait", "succeed", grace=PATIENCE)
    both = [tmp_path / "0" / "waiting", tmp_path / "1" / "waiting"]
    asks = when(lambda: all(file.exists() for file in both), work.stop)
    work.run()
    asks.join()
    assert states(events) == {0: "preempted", 1: "preempted"}
    assert {status.error for status in events.statuses.values()} == {"told to"}


def test_not_saving_in_time_is_no_failure_of_the_job(queue: Make, tmp_path: Path) -> None:
    work, events = queue("deaf", grace=0.2)
    asks = when((tmp_path / "0" / "waiting").exists, work.stop)
    work.run()
    asks.join()
    assert states(events) == {0: "preempted"}
    assert events.statuses[0].error == "did not save within 0.2 s"
    assert events.statuses[0].failures == 0


def test_killing_counts_as_no_failure_of_the_job(queue: Make, tmp_path: Path) -> None:
    work, events = queue("deaf", "succeed", slots=1)
    asks = when((tmp_path / "0" / "waiting").exists, work.kill)
    work.run()
    asks.join()
    assert states(events) == {0: "preempted"}
    assert events.statuses[0].failures == 0


def test_an_error_leaves_no_process_and_no_job_that_seems_to_run(
    queue: Make, tmp_path: Path
) -> None:
    work, events = queue("deaf", "succeed", slots=1, grace=0.2)

    def break_down() -> None:
        if (tmp_path / "0" / "waiting").exists():
            raise RuntimeError("broken")

    events.tick = break_down  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="broken"):
        work.run()
    status = read_record(tmp_path / "0")
    assert (status.state, status.failures) == ("preempted", 0)
    assert status.error == "did not save within 0.2 s"
    assert not process_exists(status.pid, status.started)


def test_a_second_error_leaves_no_process_either(
    queue: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        if all((tmp_path / str(number) / "waiting").exists() for number in range(2)):
            raise RuntimeError("broken")

    monkeypatch.setattr(GridSource, "ended", break_down)
    work, events = queue("wait", "deaf", grace=PATIENCE)
    events.tick = break_down  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="broken"):
        work.run()
    status = read_record(tmp_path / "1")
    assert (status.state, status.error, status.failures) == ("preempted", "stopped at once", 0)
    assert not process_exists(status.pid, status.started)


def test_a_job_sees_its_device_and_its_threads(
    launcher: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = launcher.start(tmp_path, ["environment"], [Slot(3, "5")])
    assert started.exit_code() == 0
    assert (tmp_path / "environment").read_text() == "5 1"


def test_the_second_fork_starts_at_once(launcher: Any, tmp_path: Path) -> None:
    """The fork server has imported everything, so no interpreter starts and nothing is imported."""
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert launcher.start(folder, ["succeed"], [Slot(0, None)]).exit_code() == 0
        assert read_status(folder).state == "done"
