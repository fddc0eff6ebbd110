"""The jobs of a race: in each round, a run of every configuration that is still in."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.reporting.race import Standing, stand
from reviewlab.reporting.rows import Row, read_row
from reviewlab.runs.status import Status
from reviewlab.sweeps.grid_source import earlier
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.settings import SweepSettings


class RaceSource:
    """A source of jobs that drops configurations from round to round.

    Once all jobs of a round are handed out but some still run, the next round begins with the
    configurations that will probably stay in, best first. What has begun is finished and counted.

    Args:
        jobs: all jobs of the full grid, round by round.
        folders: maps run ids of started jobs to folders; the code that starts a job adds one.
        settings: the settings of the sweep.
        plan: the statistical plan, with the rounds of the race.
        early: False: begin no round before the one before it is complete.
        say: function that prints a message for the user.
    """

    study_identity = None
    closing = ""
    waiting = ()  # which rows go on is open

    def __init__(
        self,
        jobs: Iterable[Job],
        folders: Mapping[str, Path],
        settings: SweepSettings,
        plan: Plan,
        early: bool,
        say: Callable[[str], None],
    ) -> None:
        self.max_attempts = settings.max_attempts
        self._metric, self._mode = settings.metric, settings.mode
        self._folders, self._early, self._say, self._plan = folders, early, say, plan
        self._jobs: dict[str, dict[str, Job]] = defaultdict(dict)
        for job in jobs:
            self._jobs[job.configuration_id][job.seed] = job
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in self._jobs}
        self._begun = {job.run_id for job in self._all() if job.run_id in folders}
        self._handed_out: set[str] = set()
        self._standing = self._stand(self._rows)

    @property
    def race(self) -> RacePlan | None:
        """The rounds of the race."""
        return self._plan.race

    @property
    def total(self) -> int:
        """The largest number of jobs that there can still be, including those of dropped rows."""
        more = {job.run_id for label in self._later() for job in self._of_round(label)}
        return len(more | self._begun)

    def earlier(self) -> list[Earlier]:
        """Return the jobs that need no more work, and take their results into account."""
        over = earlier(self._all(), self._folders, self.max_attempts)
        for job, _, folder in over:
            self._take(job, folder)
        self._standing = self._stand(self._rows)
        if self._standing.complete:
            self._say_standing()
        return over

    def mark(self, job: Job, folder: Path) -> None:
        """Do nothing: a job of a race needs no settings of its own."""

    def next(self) -> Job | None:
        """Return a job of this round or, if none is left, of the next one; None if neither has any.

        Jobs that began in an earlier launch come first.
        """
        for job in self._candidates():
            if job.run_id not in self._handed_out:
                self._handed_out.add(job.run_id)
                self._begun.add(job.run_id)
                return job
        return None

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Take a result into account, and report the standing if that completes a round.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        if status.state == "preempted":
            return
        self._take(job, folder)
        before, self._standing = self._standing, self._stand(self._rows)
        if self._standing.complete > before.complete:
            self._say_standing()

    def _candidates(self) -> Iterator[Job]:
        yield from (job for job in self._all() if job.run_id in self._begun)
        later = self._later()
        if later:
            yield from self._of_round(later[0])
        if self._early and len(later) > 1:
            yield from self._likely(later[0], later[1])

    def _likely(self, label: str, following: str) -> Iterator[Job]:
        """Yield next round's jobs as if the runs that this round still waits for had no value.

        Args:
            label: the seed of this round.
            following: the seed of the next one.
        """
        names = [*self._jobs]
        lost = {
            name: {label: Row(Path(), "failed", seed=label), **rows}
            for name, rows in self._rows.items()
        }
        likely = self._stand(lost)
        if not likely.over:
            yield from (self._jobs[names[row]][following] for row in likely.left)

    def _later(self) -> list[str]:
        """Return the seeds of the rounds that are not complete; empty if the race is over."""
        rounds = self._standing.plan.rounds
        return [] if self._standing.over else [*rounds[self._standing.complete :]]

    def _of_round(self, label: str) -> Iterator[Job]:
        """Yield a round's jobs, those of the configurations that are in, in the grid's order."""
        names, left = [*self._jobs], {*self._standing.left}
        yield from (self._jobs[name][label] for row, name in enumerate(names) if row in left)

    def _all(self) -> Iterator[Job]:
        yield from (job for by_seed in self._jobs.values() for job in by_seed.values())

    def _take(self, job: Job, folder: Path) -> None:
        row = replace(read_row(folder, self._metric), configuration_id=job.configuration_id)
        self._begun.add(job.run_id)
        self._handed_out.add(job.run_id)
        self._rows[job.configuration_id][job.seed] = row

    def _stand(self, rows: Mapping[str, Mapping[str, Row]]) -> Standing:
        return stand([*rows.values()], self._plan, self._mode)

    def _say_standing(self) -> None:
        self._say(self._standing.sentence(sum(map(len, self._rows.values()))))
