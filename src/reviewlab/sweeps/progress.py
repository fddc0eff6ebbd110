"""Progress of a sweep: counts by state, the best value so far, an estimate of the time left."""

import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from reviewlab.runs.status import Status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.outcome import known_result


class Progress:
    """Counts and times of a sweep. The queue updates them, and the views that print read them.

    Args:
        total: number of jobs, including those done by earlier launches.
        slots: number of jobs that run at a time.
        metric: the metric that the best job is chosen by.
        mode: min or max.

    Attributes:
        failures: a list with the number of failures of each job that failed or was killed.
    """

    def __init__(self, total: int, slots: int, metric: str, mode: str) -> None:
        self.total = total
        self.slots = slots
        self.metric = metric
        self.states: Counter[str] = Counter()
        self.failures: list[int] = []
        self.running: dict[int, tuple[Job, float]] = {}
        self._best: tuple[float, Job] | None = None
        self._data: set[str] = set()
        self._sign = 1 if mode == "max" else -1
        self._waiting: Collection[Job] = ()
        self._expectation = Expectation()

    def expect(self, total: int, waiting: Collection[Job]) -> None:
        """Take note of the jobs to come.

        Args:
            total: number of jobs, including those done by earlier launches.
            waiting: those of them that are known and have not begun.
        """
        self.total, self._waiting = total, waiting

    def started(self, job: Job, folder: Path) -> None:
        """Start timing a job."""
        self.running[job.number] = (job, time.monotonic())

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Count a job that has ended, and record how long it took.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        running = self.running.pop(job.number, None)
        self.states[status.state] += 1
        if status.state in ("failed", "killed"):
            self.failures.append(status.failures)
        if status.state != "done":
            return
        if running is not None:
            _, began = running
            self._expectation.add(job, time.monotonic() - began)
        self._rank(job, folder)

    def tick(self) -> None:
        """Do nothing: only starts and ends are counted."""

    @property
    def best(self) -> tuple[float, Job] | None:
        """The best value so far and its job; None if no value exists or the jobs' data differ."""
        return self._best if len(self._data) < 2 else None

    def value(self, folder: Path) -> float | None:
        """Return the metric at the best epoch of the job in `folder`; None if not measured."""
        result = known_result(folder)
        value = None if result is None else result["best"].get(self.metric)
        return None if value is None else float(value)

    def _rank(self, job: Job, folder: Path) -> None:
        value, result = self.value(folder), known_result(folder)
        if value is None or result is None:
            return
        self._data.add(str(result.get("data_fingerprint")))
        if self._best is None or self._sign * value > self._sign * self._best[0]:
            self._best = (value, job)

    @property
    def ended_count(self) -> int:
        """The number of jobs that have ended, except preempted ones, which will be resumed."""
        return sum(self.states.values()) - self.states["preempted"]

    def seconds_left(self) -> float | None:
        """Estimate the seconds left from the jobs done so far; None before the first is done.

        A known job takes as long as those of its configuration that are done or, if none is, as
        long as its steps take on average. Any other job takes as long as the mean job.
        """
        expected = self._expectation
        if not expected.jobs:
            return None
        now = time.monotonic()
        running = ((expected.of(job), now - began) for job, began in self.running.values())
        others = self.total - self.ended_count - len(self._waiting) - len(self.running)
        left = sum(map(expected.of, self._waiting)) + max(others, 0) * expected.mean
        return (left + sum(each - min(spent, each) for each, spent in running)) / self.slots


class Expectation:
    """The time that a job will probably take, from those that are done.

    Attributes:
        jobs: number of jobs that are done.
    """

    def __init__(self) -> None:
        self.jobs = 0
        self._seconds = 0.0
        self._steps = 0
        self._unlimited = False
        self._alike: dict[str, tuple[int, float]] = {}

    def add(self, job: Job, seconds: float) -> None:
        """Take note of how long a job took."""
        self.jobs += 1
        self._seconds += seconds
        self._steps += job.steps
        self._unlimited |= job.steps == 0
        number, together = self._alike.get(job.configuration_id, (0, 0.0))
        self._alike[job.configuration_id] = (number + 1, together + seconds)

    @property
    def mean(self) -> float:
        """The mean of the jobs that are done, of which there has to be one."""
        return self._seconds / self.jobs

    def of(self, job: Job) -> float:
        """Return the seconds that a job will probably take."""
        if alike := self._alike.get(job.configuration_id):
            number, together = alike
            return together / number
        if self._unlimited or job.steps == 0:
            return self.mean
        return job.steps * self._seconds / self._steps


def duration(seconds: float) -> str:
    """Format a number of seconds as readable text.

    >>> duration(4), duration(75), duration(7300)
    ('4 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
