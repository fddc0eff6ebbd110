"""The status of a sweep on this machine or on Ray, as its folder shows it to anybody."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewlab.console.commands import fit_command
from reviewlab.console.text import count_of, readable_path
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.lock import holder, is_locked
from reviewlab.runs.status import Status, read_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.outcome import known_status

SHOWN = 20
"""The largest number of jobs or allocations listed; there may be thousands."""


class FolderStatus(NamedTuple):
    """The status of a sweep.

    Attributes:
        path: the sweep's folder.
        jobs: the status of each job that has a folder, by that folder.
        planned: number of jobs; None for a search or a race, which chooses its jobs as it goes.
        process: the process that works on the sweep, in words; None if there is none.
        command: the command that continues the sweep.
    """

    path: Path
    jobs: dict[Path, Status]
    planned: int | None
    process: str | None
    command: str

    @property
    def waiting(self) -> int:
        """Number of jobs that are known and have no folder yet."""
        return max((self.planned or 0) - len(self.jobs), 0)

    @property
    def is_done(self) -> bool:
        """True if all jobs are done, as far as they are known, and no process works on more."""
        return (
            self.process is None
            and not self.waiting
            and all(status.is_done for status in self.jobs.values())
        )

    def lines(self) -> Iterator[str]:
        """Yield how many jobs are in each state, a line per unfinished job, and what to do next."""
        counts = Counter(status.state for status in self.jobs.values())
        states = [f"{count:,} {state}" for state, count in sorted(counts.items())]
        states += [f"{self.waiting:,} not started"] if self.waiting else []
        jobs = count_of(len(self.jobs) + self.waiting, "job")
        more = " so far" if self.planned is None else ""
        yield f"{readable_path(self.path)}: {jobs}{more}: {', '.join(states) or 'none started'}"
        if self.process is not None:
            yield f"{self.process} is working on it"
        left = [(path, status) for path, status in self.jobs.items() if not status.is_done]
        yield from (
            f"{path.name} {status.state}{attempt(status)}{reason(status, path)}"
            for path, status in left[:SHOWN]
        )
        if len(left) > SHOWN:
            yield f"and {len(left) - SHOWN:,} more"
        if self.process is None and (self.planned is None or not self.is_done):
            when = "if it is not complete, " if self.planned is None else ""
            yield f"{when}continue with:\n{fit_command(self.command)}"


def folder_status(folder: SweepFolder) -> FolderStatus:
    """Read the status of a sweep from its folder, which another process may be working on.

    Raises:
        InputError: the sweep's record is damaged.
    """
    record = folder.read() or {}
    jobs = {path: known_status(path, read_status) for path in folder.of_jobs().values()}
    process = holder(folder.path) if is_locked(folder.path) else None
    command = record.get("command", "the command that started it")
    return FolderStatus(folder.path, jobs, record.get("jobs"), process, command)


def attempt(status: Status) -> str:
    """Return the number of a job's attempt, for the middle of a line; empty for the first."""
    return f", attempt {status.attempts}" if status.attempts > 1 else ""


def reason(status: Status, path: Path) -> str:
    """Return why a job is not done, and where its log is if it failed, for the end of a line.

    Args:
        status: the job's status.
        path: the job's folder.
    """
    why = f": {status.reason}" if status.reason else ""
    log = f" (log: {readable_path(RunFolder(path).log)})" if status.state == "failed" else ""
    return why + log
