"""The jobs of a grid, and what is left to do of them when a sweep goes on."""

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.unfinished import Left
from reviewlab.runs.status import Status
from reviewlab.sweeps.folder import SweepRecord
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import is_over, known_status


def earlier(jobs: Iterable[Job], folders: Mapping[str, Path], max_attempts: int) -> list[Earlier]:
    """Return the jobs that need no more work: done, or failed as often as they may.

    Args:
        jobs: those of the sweep.
        folders: by run id, what was started before.
        max_attempts: how often a job may fail before it is not tried again.
    """
    started = [(job, folders[job.run_id]) for job in jobs if job.run_id in folders]
    ended = [Earlier(job, known_status(folder), folder) for job, folder in started]
    return [e for e in ended if is_over(e.status, e.folder, max_attempts)]


class GridSource:
    """A source of jobs that are all known from the start.

    folders: by run id, what was started before.
    max_attempts: how often a job may fail before it is not tried again.
    """

    study_identity = None
    closing = ""

    def __init__(
        self, jobs: Iterable[Job], folders: Mapping[str, Path] | None = None, max_attempts: int = 1
    ) -> None:
        self._jobs = deque(jobs)
        self._folders = folders or {}
        self.max_attempts = max_attempts
        self.total = len(self._jobs)

    def earlier(self) -> list[Earlier]:
        """Return the jobs that need no more work; they are not handed out."""
        over = earlier(self._jobs, self._folders, self.max_attempts)
        numbers = {ended.job.number for ended in over}
        self._jobs = deque(job for job in self._jobs if job.number not in numbers)
        return over

    def mark(self, job: Job, folder: Path) -> None:
        """Its job needs to know nothing of the others."""

    def next(self) -> Job | None:
        """Return the next in order; None when all have been handed out."""
        return self._jobs.popleft() if self._jobs else None

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Its end changes nothing for the others."""


def remaining_work(board: Leaderboard, sweep: SweepRecord) -> Left:
    """Return what a sweep still has to do.

    A search makes its jobs as it goes, so that none is waiting. Of a grid that was made smaller
    some jobs are not counted.

    Args:
        board: the leaderboard of the sweep.
        sweep: its `sweep.yaml`; where that does not say how often a job may fail, it is once.
    """
    command, planned = sweep.get("command"), sweep.get("jobs")
    max_attempts = sweep.get("max_attempts")
    attempts = max_attempts if isinstance(max_attempts, int) else 1
    begun = sum(line.n for line in board.lines) + len(board.others)
    jobs = max(0, planned - begun) if isinstance(planned, int) else 0
    goes_on = jobs > 0 or _goes_on(board, attempts)
    return Left(jobs, command if goes_on and isinstance(command, str) else "")


def _goes_on(board: Leaderboard, attempts: int) -> bool:
    """Tell whether any job that began needs more work.

    Args:
        board: the leaderboard of the sweep.
        attempts: how often a job may fail before it is not tried again.
    """
    folders = [row.folder for row in board.others]
    return not all(is_over(known_status(folder), folder, attempts) for folder in folders)
