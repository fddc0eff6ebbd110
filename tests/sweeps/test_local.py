"""The number of simultaneous jobs, their devices and their processes."""

import errno
import os
import signal
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.sweeps.local import LocalLauncher, Slot, start_fresh


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2, 3})


@pytest.mark.parametrize(
    ("options", "gpus", "expected"),
    [
        ({}, [], [None] * 4),
        ({"threads_per_job": 2}, [], [None] * 2),
        ({"threads_per_job": 8}, [], [None]),
        ({"slots": 3}, [], [None] * 3),
        ({}, ["0", "1"], ["0", "1"]),
        ({"jobs_per_device": 2}, ["0", "1"], ["0", "1", "0", "1"]),
        ({"jobs_per_device": 2, "slots": 3}, ["0", "1"], ["0", "1", "0"]),
        ({"slots": 1}, ["0", "1"], ["0"]),
    ],
)
def test_slots(options: dict[str, int], gpus: list[str], expected: list[str | None]) -> None:
    slots = LocalLauncher(**options).slots(gpus)
    assert slots == [Slot(number, gpu) for number, gpu in enumerate(expected)]


def test_gpus_are_shared_only_when_asked_for() -> None:
    with pytest.raises(InputError, match=r"hydra.launcher.slots: 3 .* allowed: 1 to 2, or"):
        LocalLauncher(slots=3).slots(["0", "1"])


def test_a_job_that_has_ended_leaves_no_file_open() -> None:
    started = start_fresh(["true"], {})
    assert started.exit_code() == 0
    sentinel = started.sentinel
    del started
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sentinel)


@pytest.mark.parametrize("has_pidfd", [True, False])
def test_the_end_of_a_job_can_be_waited_for_on_every_unix(
    monkeypatch: pytest.MonkeyPatch, has_pidfd: bool
) -> None:
    if not has_pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    started = start_fresh(["cat"], {})
    killed = start_fresh(["sleep", "3600"], {})
    assert wait([started.sentinel]) == [started.sentinel]  # its stdin is empty
    assert started.exit_code() == 0
    assert wait([killed.sentinel], timeout=0) == []
    killed.kill()
    assert wait([killed.sentinel]) == [killed.sentinel]
    assert killed.exit_code() == -signal.SIGKILL


def test_a_job_that_nobody_could_watch_is_not_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pid: int) -> int:
        begun.append(pid)
        raise OSError(errno.EMFILE, "Too many open files")

    begun: list[int] = []
    monkeypatch.setattr("os.pidfd_open", fail)
    with pytest.raises(OSError, match="Too many open files"):
        start_fresh(["sleep", "3600"], {})
    assert not Path(f"/proc/{begun[0]}").exists()
