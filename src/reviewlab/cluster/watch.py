"""Follows a submitted sweep from its files, and from SLURM only where the files are silent."""

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from reviewlab.cluster import scheduler
from reviewlab.cluster.plan import ClusterFolder, expected
from reviewlab.cluster.settle import settle_without_allocation
from reviewlab.runs.status import Status
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
        ended: run ids of jobs that the views know to be over.
    """

    def __init__(
        self, folder: ClusterFolder, views: Sequence[View], ended: Collection[str] = ()
    ) -> None:
        self._folder = folder
        self._plan = folder.read()
        self._views = views
        self._going = {j.run_id: (j, path) for j, path in self._plan if j.run_id not in ended}
        self._attempts: dict[str, int] = {}
        self._suspects: set[str] = set()
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
            if status.attempts > self._attempts.get(job.run_id, 0) and status.state != "queued":
                self._attempts[job.run_id] = status.attempts
                for view in self._views:
                    view.started(job, path)
            if self._plan.is_over(status, path):
                self._end(job, status, path)
            elif expecting is not None and job.run_id not in expecting:
                self._end_of_its_allocation(job, path)
            else:
                self._suspects.discard(job.run_id)
        for view in self._views:
            view.tick()
        return bool(self._going)

    def _expecting(self) -> dict[str, str] | None:
        """The jobs that SLURM has yet to end; None where it did not say."""
        now = time.monotonic()
        if now - self._asked >= ASK:
            self._queued, self._asked = scheduler.queued_ids(self._folder.owner), now
        return None if self._queued is None else expected(self._folder, self._queued)

    def _end_of_its_allocation(self, job: Job, path: Path) -> None:
        """Settle a job whose allocation is gone, when its files have had time to arrive."""
        if job.run_id not in self._suspects:
            self._suspects.add(job.run_id)
            self._asked = -ASK
            return
        status = settle_without_allocation(path)
        if status is not None:
            self._end(job, status, path)

    def _end(self, job: Job, status: Status, path: Path) -> None:
        del self._going[job.run_id]
        for view in self._views:
            view.ended(job, status, path)
