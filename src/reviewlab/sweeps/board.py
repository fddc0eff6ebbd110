"""Keeps the leaderboard true while jobs end."""

import time
from pathlib import Path
from typing import Protocol

from reviewlab.runs.status import Status
from reviewlab.sweeps.job import Job

SHARE = 0.05
"""Of the time, how much goes into writing it: with thousands of rows it takes longer than a job."""


class Reporter(Protocol):
    """Whoever writes the leaderboard."""

    def update(self, job_folder: Path) -> None:
        """Read a job's folder again."""

    def write(self) -> None:
        """Write the files."""


class Board:
    """The view of the queue that has the leaderboard written after each job that ended."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._next = 0.0

    def started(self, job: Job, folder: Path) -> None:
        """Nothing to write yet."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Write it, unless that was done a moment ago and takes long."""
        self._reporter.update(folder)
        began = time.monotonic()
        if began >= self._next:
            self._reporter.write()
            took = time.monotonic() - began
            self._next = began + took / SHARE

    def tick(self) -> None:
        """Nothing has ended."""
