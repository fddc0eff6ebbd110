"""The jobs of a grid, and which of them a continued sweep still has to run."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.unfinished import Left
from reviewlab.runs.status import Status
from reviewlab.sweeps.folder import SweepRecord
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import is_over, known_status


def earlier(jobs: Iterable[Job], folders: Mapping[str, Path], max_attempts: int) -> list[Earlier]:
    """Return the jobs that need no more work because they are done or failed `max_attempts` times.

    Args:
        jobs: the jobs of the sweep.
        folders: maps the run id of each job that was started before to its folder.
        max_attempts: how often a job may fail before the sweep gives up on it.
    """
    started = [(job, folders[job.run_id]) for job in jobs if job.run_id in folders]
    ended = [Earlier(job, known_status(folder), folder) for job, folder in started]
    return [e for e in ended if is_over(e.status, e.folder, max_attempts)]


class GridSource:
    """A source of jobs that are all known from the start.

    Args:
        jobs: the jobs, in the order in which they run.
        folders: maps the run id of each job that was started before to its folder.
        max_attempts: how often a job may fail before the sweep gives up on it.
    """

    study_identity = None
    race = None
    closing = ""

    def __init__(
        self, jobs: Iterable[Job], folders: Mapping[str, Path] | None = None, max_attempts: int = 1
    ) -> None:
        self._jobs = deque(jobs)
        self._folders = folders or {}
        self.max_attempts = max_attempts
        self.total = len(self._jobs)

    @property
    def waiting(self) -> Collection[Job]:
        """The jobs that have not been handed out."""
        return self._jobs

    def earlier(self) -> list[Earlier]:
        """Remove and return the jobs that need no more work."""
        over = earlier(self._jobs, self._folders, self.max_attempts)
        numbers = {ended.job.number for ended in over}
        self._jobs = deque(job for job in self._jobs if job.number not in numbers)
        return over

    def mark(self, job: Job, folder: Path) -> None:
        """Do nothing: the jobs of a grid are independent."""

    def next(self) -> Job | None:
        """Return the next job in order; None when all have been handed out."""
        return self._jobs.popleft() if self._jobs else None

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Do nothing: the jobs of a grid are independent.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """


def remaining_work(board: Leaderboard, sweep: SweepRecord) -> Left:
    """Return the number of jobs that have not begun, and the command that continues the sweep.

    For a search or a race the number is 0, since it chooses its jobs as it goes. If the grid has
    been made smaller since the sweep began, the number can be too low.

    Args:
        board: the leaderboard of the sweep.
        sweep: content of `sweep.yaml`; a missing `max_attempts` counts as 1.
    """
    command, planned = sweep.get("command"), sweep.get("jobs")
    max_attempts = sweep.get("max_attempts")
    attempts = max_attempts if isinstance(max_attempts, int) else 1
    begun = sum(line.n for line in board.lines) + len(board.others)
    jobs = max(0, planned - begun) if isinstance(planned, int) else 0
    goes_on = not board.race.over if board.race else sweep.get("race") is not None
    unfinished = jobs > 0 or goes_on or _has_unfinished_jobs(board, attempts)
    return Left(jobs, command if unfinished and isinstance(command, str) else "")


def _has_unfinished_jobs(board: Leaderboard, attempts: int) -> bool:
    """Return True if any job that has begun needs more work.

    Args:
        board: the leaderboard of the sweep.
        attempts: how often a job may fail before the sweep gives up on it.
    """
    folders = [row.folder for row in board.others]
    return not all(is_over(known_status(folder), folder, attempts) for folder in folders)
