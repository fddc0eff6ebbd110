"""Keep every slot busy until all jobs have ended, and lose none of them."""

import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple, Protocol

from reviewlab.runs.status import State, Status
from reviewlab.sweeps.folder import StudyIdentity
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.local import Slot
from reviewlab.sweeps.outcome import NO_SPACE, settle

TICK = 0.25
"""Seconds between two looks at the clock, at the signals and at folders that somebody holds."""

GRACE = 30.0
"""Seconds that a job has for saving, before it is killed."""

LATE = "took longer than sweep.timeout"
"""The beginning of the reason of a job that was killed for it."""


class Source(Protocol):
    """A source of jobs: a grid that is worked off, or a search that makes the next one."""

    def next(self) -> Job | None:
        """Return a job that can start now; None when there is none, for now or for good."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Hear how a job ended."""


class Work(Source, Protocol):
    """A source that may have been worked on before."""

    @property
    def study_identity(self) -> StudyIdentity | None:
        """The study of a search, for `sweep.yaml`; None for a grid."""

    @property
    def max_attempts(self) -> int:
        """The number of failures after which no launch hands a job out again."""

    @property
    def total(self) -> int:
        """The number of jobs, earlier ones included, as far as is known now."""

    @property
    def closing(self) -> str:
        """A remark on all jobs, printed behind their table; it may be empty."""

    def earlier(self) -> list[Earlier]:
        """Return the jobs that an earlier launch has ended; asked once, before the first job."""

    def mark(self, job: Job, folder: Path) -> None:
        """Leave in a job's folder what it has to know; it is about to start there."""


class View(Protocol):
    """A display of the progress, for a person."""

    def started(self, job: Job, folder: Path) -> None:
        """A job begins or goes on."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """A job has ended."""

    def tick(self) -> None:
        """Some time has passed."""


class Process(Protocol):
    """A job that was started, on this machine or on another."""

    @property
    def began(self) -> float:
        """When it began, by the monotonic clock, which never jumps; inf before."""

    @property
    def sentinel(self) -> int:
        """Ready to be read once it has ended."""

    @property
    def lost(self) -> str:
        """Reason that nobody saw its end; empty where somebody did. Known with the exit code."""

    def exit_code(self) -> int:
        """The exit code of a process that has ended, -N where signal N killed it."""

    def ask_to_stop(self) -> None:
        """Let it save and leave."""

    def kill(self) -> None:
        """End it now, with all its ranks; a signal handler may call it."""


class Running(NamedTuple):
    """A job that has a process."""

    job: Job
    folder: Path
    slots: list[Slot]
    process: Process


class Queue:
    """Starts a job wherever a slot is free, and settles each that ends.

    start: makes a job's folder ready and starts its process there; None while somebody else still
        works in that folder.
    timeout: seconds that a job may take.
    fail_fast: stop when a job fails.
    grace: seconds that a job has for saving when it is told to stop.
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
        self._asked: dict[int, float] = {}
        self._imposed: dict[int, tuple[State, str]] = {}
        self._stopping = False

    def run(self) -> None:
        """Work until nothing runs and nothing more is to be started."""
        try:
            while True:
                self._fill()
                if not self._running and (self._stopping or not self._waiting):
                    return
                self._wait()
        finally:
            self.kill()  # only where something broke: nobody must be left over

    def stop(self) -> None:
        """Let what runs save and leave, and start nothing more; a signal handler may call it."""
        self._stopping = True

    def kill(self) -> None:
        """End what runs now; a signal handler may call it."""
        self._stopping = True
        for running in self._running:
            self._end(running, "stopped at once")

    def _fill(self) -> None:
        """Start jobs while there are slots; one that needs more of them than are free waits."""
        held = []
        while self._free and not self._stopping:
            job = self._waiting.pop(0) if self._waiting else self._source.next()
            if job is None:
                break
            if job.devices > len(self._free):
                self._waiting.insert(0, job)
                break
            slots, self._free = self._free[: job.devices], self._free[job.devices :]
            started = self._start(job, slots)
            if started is None:
                held.append(job)
                self._free += slots
                continue
            folder, process = started
            self._running.append(Running(job, folder, slots, process))
            for view in self._views:
                view.started(job, folder)
        self._waiting += held

    def _wait(self) -> None:
        ready = wait([running.process.sentinel for running in self._running], TICK)
        for running in [r for r in self._running if r.process.sentinel in ready]:
            self._settle(running)
        for running in self._running:
            self._watch_the_clock(running)
        for view in self._views:
            view.tick()

    def _settle(self, running: Running) -> None:
        self._running.remove(running)
        self._asked.pop(running.job.number, None)
        self._free += running.slots
        process = running.process
        code = process.exit_code()
        process.kill()  # ranks that outlived it, before they write anything more
        imposed = self._imposed.pop(running.job.number, None)
        status = settle(running.folder, code, imposed, process.lost)
        self._source.ended(running.job, status, running.folder)
        for view in self._views:
            view.ended(running.job, status, running.folder)
        if code == NO_SPACE or (self._fail_fast and status.state in ("failed", "killed")):
            self.stop()

    def _watch_the_clock(self, running: Running) -> None:
        now, number = time.monotonic(), running.job.number
        if number in self._asked:
            if now - self._asked[number] > self._grace:
                self._end(running, f"did not save within {self._grace:g} s")
            return
        late = self._timeout is not None and now - running.process.began > self._timeout
        if late:
            self._imposed[number] = "killed", f"{LATE}={self._timeout:g} s"
        if late or self._stopping:
            self._asked[number] = now
            running.process.ask_to_stop()

    def _end(self, running: Running, why: str) -> None:
        """Kill a job; that is no failure of its own, unless it is late."""
        self._imposed.setdefault(running.job.number, ("preempted", why))
        running.process.kill()
