"""The view of a running sweep: a live table, or a line an event in a log file."""

import time
from pathlib import Path
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from reviewlab.runs.files import short_path
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress, duration

SHOWN_RUNNING = 12

SHARE = 0.05
"""Share of the time spent on writing it: with thousands of rows that takes longer than a job."""


class Lines:
    """A line an event, which a log file takes, and above a live table a terminal too.

    all_events: also the jobs that begin or end well; a live table shows those by itself.
    """

    def __init__(self, progress: Progress, console: Console, all_events: bool) -> None:
        self._progress = progress
        self._console = console
        self._all = all_events

    def started(self, job: Job, folder: Path) -> None:
        """Say that it begins."""
        if self._all:
            self._say(f"{_number(job)} {'goes on' if _goes_on(folder) else 'starts'}  {job.label}")

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Say how it ended; of a failure also the last line, and where its log is."""
        seconds = (status.ended or 0) - (status.started or status.ended or 0)
        if status.state in ("failed", "killed"):
            self._say(f"{_number(job)} {status.state}  {job.label}\n  {status.reason}")
            self._say(f"  log: {short_path(RunFolder(folder).log)}")
        elif self._all:
            value = self._progress.value(folder)
            best = "" if value is None else f"  {self._progress.metric} {value:.4f}"
            self._say(f"{_number(job)} {status.state}{best}  {seconds:.1f} s  {job.label}")
            if status.state == "preempted":
                self._say(f"  {status.reason}")

    def tick(self) -> None:
        """Nothing happens between events."""

    def _say(self, text: str) -> None:
        say(self._console, text)


class LiveTable:
    """Running, done, failed, best so far and time left, drawn four times a second."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress = progress
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._drawn = 0.0
        self._live.start()

    def started(self, job: Job, folder: Path) -> None:
        """Draw it."""
        self.tick()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Draw without it."""
        self.tick()

    def tick(self) -> None:
        """Draw, when the last time is long enough ago."""
        now = time.monotonic()
        if now - self._drawn >= 0.25:
            self._drawn = now
            self._live.update(self._drawing(), refresh=True)

    def close(self) -> None:
        """Give the terminal back."""
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
        """Write the files."""


class Board:
    """Keeps the leaderboard true while jobs end."""

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


def say(console: Console, text: str) -> None:
    """Print `text` as it stands: no markup in it, and lines that a log file may keep whole."""
    console.print(text, markup=False, highlight=False, soft_wrap=True, emoji=False)


def standing(progress: Progress) -> str:
    """One line that says how the sweep stands.

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


def _goes_on(folder: Path) -> bool:
    """Tell whether a job that begins, or just began on another machine, had begun before."""
    status = known_status(folder)
    if status.state == "queued":
        return RunFolder(folder).last_checkpoint.exists()
    return status.attempts > 1


def _number(job: Job) -> str:
    return f"job {job.number}"
