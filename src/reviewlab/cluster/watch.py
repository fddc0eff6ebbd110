"""Follows a submitted sweep from its files, and from SLURM only where the files are silent."""

import time
from collections.abc import Sequence
from pathlib import Path

from reviewlab.cluster import scheduler
from reviewlab.cluster.plan import ClusterFolder, expected
from reviewlab.errors import InputError
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.grid import Earlier, is_over
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.queue import View

LOOK = 1.0
"""Seconds between two looks at the files."""

ASK = 5.0
"""Seconds between two questions to SLURM; its administrators count them."""


class Watch:
    """Tells views how jobs begin and end that run somewhere else.

    Args:
        folder: of the sweep, as the cluster knows it.
        views: who is told.
    """

    def __init__(self, folder: ClusterFolder, views: Sequence[View]) -> None:
        self._folder = folder
        self._plan = folder.read()
        self._views = views
        self._going = {job.number: (job, path) for job, path in self._plan}
        self._attempts: dict[int, int] = {}
        self._suspects: set[int] = set()
        self._queued: set[str] | None = None
        self._asked = -ASK

    def run(self) -> None:
        """Look until every job has ended."""
        while self.look():
            time.sleep(LOOK)

    def look(self) -> bool:
        """Look once; whether anything is still going on."""
        expecting = self._expecting()
        for job, path in [*self._going.values()]:
            status = known_status(path)
            if status.attempts > self._attempts.get(job.number, 0) and status.state != "queued":
                self._attempts[job.number] = status.attempts
                for view in self._views:
                    view.started(job, path)
            if status.state == "failed" or is_over(
                Earlier(job, status, path), self._plan.max_attempts
            ):
                self._end(job, status, path)
            elif expecting is not None and job.number not in expecting:
                self._end_of_its_allocation(job, path)
        for view in self._views:
            view.tick()
        return bool(self._going)

    def _expecting(self) -> dict[int, str] | None:
        """The jobs that SLURM has yet to end; None where it did not say."""
        now = time.monotonic()
        if now - self._asked >= ASK:
            self._queued, self._asked = scheduler.queued_ids(), now
        return None if self._queued is None else expected(self._folder, self._queued)

    def _end_of_its_allocation(self, job: Job, path: Path) -> None:
        """Settle a job whose allocation is gone, when its files have had time to arrive."""
        if job.number not in self._suspects:
            self._suspects.add(job.number)
            self._asked = -ASK
            return
        status = settle_without_allocation(path)
        if status is not None:
            self._end(job, status, path)

    def _end(self, job: Job, status: Status, path: Path) -> None:
        del self._going[job.number]
        for view in self._views:
            view.ended(job, status, path)


def settle_without_allocation(path: Path) -> Status | None:
    """The status of a job that no allocation works on, corrected where its file still hopes.

    None where a process does train there: it was started by hand.
    """
    status = known_status(path)
    if status.state not in ("queued", "running"):
        return status
    try:
        with RunFolder(path).held():
            said = (
                status.finished("killed", "its allocation ended without a word")
                if status.state == "running"
                else status.finished("preempted", "its allocation ended before it began")
            )
            write_status(path, said)
    except InputError:
        return None
    return said
