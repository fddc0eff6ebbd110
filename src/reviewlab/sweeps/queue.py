"""The queue that keeps every slot busy until all jobs have ended."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from operator import methodcaller
from pathlib import Path
from typing import NamedTuple, Protocol

from reviewlab.runs.status import State, Status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import Slot
from reviewlab.sweeps.outcome import DISK_FAILED, settle
from reviewlab.sweeps.source import Source

TICK = 0.25
"""Seconds between two checks of the clock, the signals and the folders held by other processes."""

GRACE = 30.0
"""Seconds that a job has to save before it is killed."""

LATE = "took longer than sweep.timeout"
"""Beginning of the reason that is recorded for a job killed because it ran out of time."""


class View(Protocol):
    """A display of the progress."""

    def started(self, job: Job, folder: Path) -> None:
        """Take note that a job has started or resumed."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Take note that a job has ended.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """

    def tick(self) -> None:
        """Refresh the display; called several times a second."""


class Process(Protocol):
    """The process of a started job, on this machine or another."""

    @property
    def began(self) -> float:
        """The start time by the monotonic clock, which never jumps; inf before the start."""

    @property
    def sentinel(self) -> int:
        """A file descriptor that becomes readable once the process has ended."""

    @property
    def lost(self) -> str:
        """The reason why the process's end was not noticed; empty if it was noticed.

        `exit_code` sets it.
        """

    def exit_code(self) -> int:
        """Return the exit code of a process that has ended, -N if signal N killed it."""

    def ask_to_stop(self) -> None:
        """Ask the job to save and exit."""

    def kill(self) -> None:
        """Kill the job with all its ranks; safe to call in a signal handler."""


class Running(NamedTuple):
    """A running job, with its process and the slots that it occupies."""

    job: Job
    folder: Path
    slots: list[Slot]
    process: Process


class Queue:
    """Starts a job whenever slots are free, and records how each job ended.

    Args:
        source: the source of the jobs.
        views: displays of the progress.
        slots: the slots to fill.
        start: function that prepares a job's folder and starts the job's process there; it returns
            None while another process works in that folder.
        timeout: seconds that a job may take; None: no limit.
        fail_fast: start no more jobs, and stop the running ones, once a job has failed.
        grace: seconds that a job has to save when it is asked to stop.
    """

    def __init__(
        self,
        source: Source,
        views: Sequence[View],
        slots: Sequence[Slot],
        start: Callable[[Job, list[Slot]], tuple[Path, Process] | None],
        timeout: float | None = None,
        fail_fast: bool = False,
        grace: float = GRACE,
    ) -> None:
        self._source = source
        self._views = views
        self._free = list(slots)
        self._start = start
        self._timeout = timeout
        self._fail_fast = fail_fast
        self._grace = grace
        self._waiting: list[Job] = []
        self._running: list[Running] = []
        self._stop_times: dict[int, float] = {}
        self._imposed: dict[int, tuple[State, str]] = {}
        self._news: deque[Callable[[View], None]] = deque()
        self._stopping = False

    def run(self) -> None:
        """Run the jobs until none is running and none is left to start."""
        try:
            while True:
                try:
                    self._fill()
                finally:
                    self._tell()  # after the free slots are busy again, since it takes a while
                if not self._running and (self._stopping or not self._waiting):
                    return
                self._wait()
        finally:
            self._abandon()

    def stop(self) -> None:
        """Start no more jobs and ask the running ones to save; safe to call in a signal handler."""
        self._stopping = True

    def kill(self) -> None:
        """Kill the running jobs; safe to call in a signal handler."""
        self._stopping = True
        for running in self._running:
            self._end(running, "stopped at once")

    def _abandon(self) -> None:
        """After an exception, let the running jobs save and stop; kill those that do not."""
        self.stop()
        try:
            while self._running:
                with suppress(OSError):  # what failed may be the disk, which a status needs, too
                    self._follow()
        finally:
            self.kill()
            for running in self._running:
                code, imposed = running.process.exit_code(), self._imposed[running.job.number]
                with suppress(OSError):
                    settle(running.folder, code, imposed)

    def _fill(self) -> None:
        """Start jobs while slots are free; a job that needs more slots than are free waits."""
        held = []
        while self._free and not self._stopping:
            job = self._waiting.pop(0) if self._waiting else self._source.next()
            if job is None:
                break
            if job.devices > len(self._free):
                self._waiting.insert(0, job)
                break
            slots, self._free = self._free[: job.devices], self._free[job.devices :]
            if (started := self._start(job, slots)) is None:
                held.append(job)
                self._free += slots
                continue
            folder, process = started
            self._running.append(Running(job, folder, slots, process))
            self._news.append(methodcaller("started", job, folder))
        self._waiting += held

    def _tell(self) -> None:
        """Tell the views what has happened, in order."""
        while self._news:
            event = self._news.popleft()
            for view in self._views:
                event(view)

    def _wait(self) -> None:
        self._follow()
        for view in self._views:
            view.tick()

    def _follow(self) -> None:
        """Wait a moment for a job to end; stop or kill those that have to end."""
        ready = wait([running.process.sentinel for running in self._running], TICK)
        for running in [r for r in self._running if r.process.sentinel in ready]:
            self._settle(running)
        for running in self._running:
            self._check_time(running)

    def _settle(self, running: Running) -> None:
        self._running.remove(running)
        self._stop_times.pop(running.job.number, None)
        self._free += running.slots
        code = running.process.exit_code()
        running.process.kill()  # ranks that outlived it must not write anything more
        imposed = self._imposed.pop(running.job.number, None)
        status = settle(running.folder, code, imposed, running.process.lost)
        self._source.ended(running.job, status, running.folder)
        self._news.append(methodcaller("ended", running.job, status, running.folder))
        if code == DISK_FAILED or (self._fail_fast and status.state in ("failed", "killed")):
            self.stop()

    def _check_time(self, running: Running) -> None:
        now, number = time.monotonic(), running.job.number
        if number in self._stop_times:
            if now - self._stop_times[number] > self._grace:
                self._end(running, f"did not save within {self._grace:g} s")
            return
        late = self._timeout is not None and now - running.process.began > self._timeout
        if late:
            self._imposed[number] = "killed", f"{LATE}={self._timeout:g} s"
        if late or self._stopping:
            self._stop_times[number] = now
            running.process.ask_to_stop()

    def _end(self, running: Running, why: str) -> None:
        """Kill a running job and record `why`; only a timeout counts as the job's failure."""
        self._imposed.setdefault(running.job.number, ("preempted", why))
        running.process.kill()
