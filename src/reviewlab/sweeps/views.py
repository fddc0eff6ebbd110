"""Views of a running sweep: a live table, lines for a log file, the leaderboard on disk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import rich
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from reviewlab.console.text import readable_path
from reviewlab.exceptions import escape_controls
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress, duration
from reviewlab.sweeps.queue import View

SHOWN_RUNNING = 12

SHARE = 0.05
"""Largest share of time that may go into writing the leaderboard: writing thousands of rows takes
longer than a job."""


class Lines:
    """Prints a line for each event, to a log file or above a live table.

    Args:
        progress: the sweep's counts and times.
        console: the console to print to.
        all_events: also print jobs that start or succeed, which a live table already shows.
    """

    def __init__(self, progress: Progress, console: Console, all_events: bool) -> None:
        self._progress = progress
        self._console = console
        self._all = all_events

    def started(self, job: Job, folder: Path) -> None:
        """Print that a job starts or resumes."""
        if self._all:
            self._say(f"{_number(job)} {'resumes' if _resumes(folder) else 'starts'}  {job.label}")

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Print how a job ended; after a failure also the reason and the path of the log.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        seconds = (status.ended or 0) - (status.started or status.ended or 0)
        if status.state in ("failed", "killed"):
            self._say(f"{_number(job)} {status.state}  {job.label}\n  {status.reason}")
            self._say(f"  log: {readable_path(RunFolder(folder).log)}")
        elif self._all:
            value = self._progress.value(folder)
            best = "" if value is None else f"  {self._progress.metric} {value:.4f}"
            self._say(f"{_number(job)} {status.state}{best}  {seconds:.1f} s  {job.label}")
            if status.state == "preempted":
                self._say(f"  {status.reason}")

    def tick(self) -> None:
        """Do nothing: there is nothing to print between events."""

    def _say(self, text: str) -> None:
        say(self._console, text)


class LiveTable:
    """Shows the running jobs, counts by state, the best value so far and the time left.

    The table is drawn at most four times a second.
    """

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress = progress
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._drawn = 0.0
        self._live.start()

    def started(self, job: Job, folder: Path) -> None:
        """Redraw the table, as `tick` does."""
        self.tick()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Redraw the table, as `tick` does.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        self.tick()

    def tick(self) -> None:
        """Draw the table if a quarter of a second has passed since the last time."""
        now = time.monotonic()
        if now - self._drawn >= 0.25:
            self._drawn = now
            self._live.update(self._drawing(), refresh=True)

    def close(self) -> None:
        """Remove the table and restore the terminal."""
        self._live.stop()

    def _drawing(self) -> RenderableType:
        table = Table("job", "running", "for", box=None, padding=(0, 2, 0, 0))
        now = time.monotonic()
        for job, began in [*self._progress.running.values()][:SHOWN_RUNNING]:
            table.add_row(str(job.number), Text(job.label), duration(now - began))
        hidden = len(self._progress.running) - SHOWN_RUNNING
        if hidden > 0:
            table.add_row("", f"and {hidden} more", "")
        return Group(table, Text(standing(self._progress)))


class Reporter(Protocol):
    """Writes the leaderboard of a sweep."""

    def update(self, job_folder: Path) -> None:
        """Read a job's folder again."""

    def write(self) -> None:
        """Write the leaderboard's files."""


class Board:
    """Keeps the leaderboard on disk up to date while jobs end."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._next = 0.0

    def started(self, job: Job, folder: Path) -> None:
        """Do nothing: a job that starts has no result yet."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Write the leaderboard, but spend at most `SHARE` of the sweep's time on writing.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        self._reporter.update(folder)
        began = time.monotonic()
        if began >= self._next:
            self._reporter.write()
            took = time.monotonic() - began
            self._next = began + took / SHARE

    def tick(self) -> None:
        """Do nothing: the leaderboard changes only when a job ends."""


@contextmanager
def sweep_views(progress: Progress, reporter: Reporter) -> Iterator[list[View]]:
    """Yield the objects that display a sweep's progress.

    They print lines, keep a live table on a terminal, and write the leaderboard to its files.
    """
    console = rich.get_console()
    table = LiveTable(progress, console) if console.is_terminal else None
    views: list[View] = [progress, Lines(progress, console, all_events=table is None)]
    views += [Board(reporter), *([table] if table else [])]
    try:
        yield views
    finally:
        if table is not None:
            table.close()


def say(console: Console, text: str) -> None:
    """Print `text` literally: without markup, and without breaking lines."""
    plain = escape_controls(text)
    console.print(plain, markup=False, highlight=False, soft_wrap=True, emoji=False)


def standing(progress: Progress) -> str:
    """Format the progress of a sweep as one line.

    >>> standing(Progress(4, 2, "val/accuracy", "max"))
    '0 of 4 ended'
    """
    parts = [f"{progress.ended_count} of {progress.total} ended"]
    parts += [f"{n} {state}" for state, n in sorted(progress.states.items()) if n]
    if progress.running:
        parts.append(f"{len(progress.running)} running")
    if progress.best is not None:
        value, job = progress.best
        parts.append(f"best {progress.metric} {value:.4f} (job {job.number})")
    left = progress.seconds_left()
    if left is not None and left >= 1:
        parts.append(f"about {duration(left)} left")
    return ", ".join(parts)


def _resumes(folder: Path) -> bool:
    """Return True if the job that starts in `folder` was already started before."""
    status = known_status(folder)
    if status.state == "queued":
        return RunFolder(folder).last_checkpoint.exists()
    return status.attempts > 1


def _number(job: Job) -> str:
    return f"job {job.number}"
