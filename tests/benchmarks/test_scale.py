"""What is told about a sweep of thousands of jobs, from known times and folders."""

import os
from pathlib import Path

from reviewlab.benchmarks.scale import (
    Times,
    held_by,
    memory_told,
    status_told,
    times_told,
)
from reviewlab.runs.status import Status, write_status


def test_a_job_and_slot_take_the_time_of_all_jobs_on_two_slots() -> None:
    """Twenty jobs, two at a time for a second each; the last two take three seconds."""
    regular = [Times(number // 2, number // 2 + 1, 0.1) for number in range(18)]
    told = dict(times_told([*regular, Times(9, 12, 0.1), Times(9, 12, 0.1)]))
    assert told["jobs, slots"] == "20, 2"
    assert told["training and validation of a job"] == "0.100 s"
    assert told["a job and slot, all jobs"] == "1.200 s"
    assert told["a job and slot, first tenth"] == "1.000 s"
    assert told["a job and slot, last tenth"] == "3.000 s"


def test_memory_is_that_of_two_moments_and_of_the_end() -> None:
    told = [value for _, value in memory_told([0, 0, 5 * 2**20, *[7 * 2**20] * 16, 8 * 2**20])]
    assert told == ["5 MiB", "7 MiB", "8 MiB"]


def test_a_process_that_has_ended_holds_nothing() -> None:
    assert held_by(os.getpid()) > 2**20
    assert held_by(2**22 + 1) == 0  # larger than any process id


def test_a_measured_status_leaves_the_sweep_as_it_was(tmp_path: Path) -> None:
    for number in range(3):
        (job := tmp_path / "jobs" / f"000{number}-seed-0-{number:012x}").mkdir(parents=True)
        write_status(job, Status("running", attempts=1).finished("failed", "RuntimeError: boom"))
    [(what, took)] = status_told(tmp_path)
    assert what == "the status of its jobs on a cluster"
    assert took.endswith(" s")
    assert [path.name for path in tmp_path.iterdir()] == ["jobs"]
