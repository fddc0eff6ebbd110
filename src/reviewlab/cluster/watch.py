"""Follow a submitted sweep through its files; SLURM only says which allocations are left."""

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
"""Seconds between two checks of the files."""

ASK = 5.0
"""Seconds between two queries of SLURM, whose administrators dislike frequent ones."""


class Watch:
    """Reports to views when jobs on the cluster start and end.

    Args:
        folder: the sweep's `cluster` folder.
        views: displays of the progress.
        ended: the run ids of jobs that have been reported as ended already.
    """

    def __init__(
        self, folder: ClusterFolder, views: Sequence[View], ended: Collection[str] = ()
    ) -> None:
        self._folder = folder
        self._plan = folder.read()
        self._views = views
        self._open_jobs = {j.run_id: (j, path) for j, path in self._plan if j.run_id not in ended}
        self._attempts: dict[str, int] = {}
        self._suspects: set[str] = set()
        self._queued: set[str] | None = None
        self._asked_at = -ASK

    def run(self) -> None:
        """Check again and again until every job has ended."""
        while self.look():
            time.sleep(LOOK)

    def look(self) -> bool:
        """Check all jobs once; return True if any has not ended."""
        expected_jobs = self._expected_jobs()
        for job, path in [*self._open_jobs.values()]:
            status = known_status(path)
            if status.attempts > self._attempts.get(job.run_id, 0) and status.state != "queued":
                self._attempts[job.run_id] = status.attempts
                for view in self._views:
                    view.started(job, path)
            if self._plan.is_over(status, path):
                self._end(job, status, path)
            elif expected_jobs is not None and job.run_id not in expected_jobs:
                self._settle_without_allocation(job, path)
            else:
                self._suspects.discard(job.run_id)
        for view in self._views:
            view.tick()
        return bool(self._open_jobs)

    def _expected_jobs(self) -> dict[str, str] | None:
        """Map jobs' run ids to their unfinished allocations; None if SLURM is not responding."""
        now = time.monotonic()
        if now - self._asked_at >= ASK:
            self._queued, self._asked_at = scheduler.queued_ids(self._folder.owner), now
        return None if self._queued is None else expected(self._folder, self._queued)

    def _settle_without_allocation(self, job: Job, path: Path) -> None:
        """Report that a job without an allocation has ended, once a second check confirms it.

        Until then, files that the job has written on its node may still arrive.
        """
        if job.run_id not in self._suspects:
            self._suspects.add(job.run_id)
            self._asked_at = -ASK
            return
        status = settle_without_allocation(path)
        if status is not None:
            self._end(job, status, path)

    def _end(self, job: Job, status: Status, path: Path) -> None:
        del self._open_jobs[job.run_id]
        for view in self._views:
            view.ended(job, status, path)
