"""Sweeps whose jobs do what a word says, in real processes from a real fork server."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewlab.runs.status import Status
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started
from reviewlab.sweeps.queue import Queue

ENTRY = "tests.sweeps.entries:main"


def job(number: int, action: str = "succeed", devices: int = 1) -> Job:
    return Job(number, (action,), f"{number:012x}", f"{number:012x}", devices, 10, 10)


class Events:
    """A view that records the events of a queue."""

    def __init__(self) -> None:
        self.statuses: dict[int, Status] = {}
        self.running: set[int] = set()
        self.most_at_once = 0

    def started(self, job: Job, folder: Path) -> None:
        self.running.add(job.number)
        self.most_at_once = max(self.most_at_once, len(self.running))

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        self.running.remove(job.number)
        self.statuses[job.number] = status

    def tick(self) -> None:
        pass


@pytest.fixture(scope="session")
def launcher() -> LocalLauncher:
    """A launcher whose fork server is running."""
    local = LocalLauncher()
    local.open(ENTRY)
    return local


@pytest.fixture
def queue(launcher: LocalLauncher, tmp_path: Path) -> Callable[..., tuple[Queue, Events]]:
    """A function that makes a queue of jobs, each doing what its word says."""

    def make(*actions: str, slots: int = 2, **options: Any) -> tuple[Queue, Events]:
        def start(job: Job, taken: Sequence[Slot]) -> tuple[Path, Started]:
            folder = tmp_path / str(job.number)
            folder.mkdir()
            return folder, launcher.start(folder, job.overrides, taken)

        events = Events()
        jobs = GridSource(job(number, action) for number, action in enumerate(actions))
        places = [Slot(number, None) for number in range(slots)]
        return Queue(jobs, [events], places, start, **options), events

    return make
