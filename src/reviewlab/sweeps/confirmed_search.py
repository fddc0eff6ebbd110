"""The jobs of a search whose best trials run again, in a race over seeds that no trial had."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.runs.status import Status
from reviewlab.sweeps.folder import StudyIdentity
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.race_source import RaceSource
from reviewlab.sweeps.search_source import SearchSource
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import number_from

ROUND = 10_000
"""In round 2, the run that confirms trial 7 is job 20007, however many trials there will be."""


def fresh_seeds(name: str, number: int, used: Collection[int]) -> list[int]:
    """Derive seeds from the name of a sweep; a longer list begins with the shorter one.

    Args:
        name: the sweep's name.
        number: number of seeds.
        used: the seeds that the search's trials use, which are left out.
    """
    seeds = (number_from(f"{name}/confirm/{position}") for position in count())
    return [*islice((seed for seed in seeds if seed not in used), number)]


class ConfirmedSearch:
    """The source of a search's jobs and, once all trials are over, of a race of the best of them.

    The race takes nothing from the search but the settings of the best trials, and tells it
    nothing: trials are not counted in the race, and its runs are not recorded in the study. If the
    search is continued with more trials, those that enter the best join the race; none leaves it.

    Args:
        search: the source of the trials.
        top: number of trials that are chosen once the search is over.
        seeds: for each round of the race, the seed of its runs.
        plan: the statistical plan, with the rounds of the race and the trials chosen so far.
        settings: the settings of the sweep.
        make: function that makes a job from its number and overrides.
        folders: maps run ids of started jobs to folders; the code that starts a job adds one.
        early: False: begin no round of the race before the one before it is complete.
        say: function that prints a message for the user.
    """

    max_attempts = 1
    waiting = ()  # trials are proposed one after another

    def __init__(
        self,
        search: SearchSource,
        top: int,
        seeds: Sequence[int],
        plan: Plan,
        settings: SweepSettings,
        make: Callable[[int, tuple[str, ...]], Job],
        folders: Mapping[str, Path],
        early: bool,
        say: Callable[[str], None],
    ) -> None:
        self._search, self._top, self._seeds, self._early = search, top, seeds, early
        self._plan, self._settings = plan, replace(settings, max_attempts=self.max_attempts)
        self._make, self._folders, self._say = make, folders, say
        self._source: RaceSource | None = None

    @property
    def study_identity(self) -> StudyIdentity:
        """The parts of the search that must not change when its sweep is continued."""
        return self._search.study_identity

    @property
    def race(self) -> RacePlan:
        """The rounds of the race, with the trials chosen so far."""
        if self._plan.race is None:
            raise ValueError("the plan has no race")
        return self._plan.race

    @property
    def total(self) -> int:
        """The largest number of jobs that there can still be."""
        if self._source is not None:
            return self._search.total + self._source.total
        none_complete = self._search.over and not self._search.best(1)
        return self._search.total + (0 if none_complete else self._top * len(self._seeds))

    @property
    def closing(self) -> str:
        """A remark if no trial is complete, so that there is nothing to confirm."""
        nothing = self._search.over and self._source is None
        return "nothing to confirm: no trial is complete" if nothing else ""

    def earlier(self) -> list[Earlier]:
        """Return the trials and the confirming runs that need no more work."""
        over = self._search.earlier()
        return [*over, *self._choose()]

    def next(self) -> Job | None:
        """Return the next trial or, once all trials are over, the next run of the race."""
        job = self._search.next()
        if job is not None or not self._search.over:
            return job
        self._choose()
        return None if self._source is None else self._source.next()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Tell the race or the search how a job of theirs ended.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        if self._source is not None and self._is_of_race(job):
            self._source.ended(job, status, folder)
        else:
            self._search.ended(job, status, folder)

    def mark(self, job: Job, folder: Path) -> None:
        """Write the settings for pruning into a trial's folder; a run of the race has none."""
        if not self._is_of_race(job):
            self._search.mark(job, folder)

    def _is_of_race(self, job: Job) -> bool:
        return self.race.includes(job.seed)

    def _choose(self) -> list[Earlier]:
        """Start the race of the trials chosen so far, unless they are racing already.

        Returns:
            The runs of the race that were over when it started.
        """
        best = self._search.best(self._top) if self._search.over else []
        finalists = [*dict.fromkeys([*(self.race.finalists or ()), *best])]
        if not finalists or (self._source is not None and finalists == self.race.finalists):
            return []
        race = replace(self.race, finalists=finalists, configurations=len(finalists))
        self._plan = replace(self._plan, race=race)
        self._source = RaceSource(
            self._jobs(finalists), self._folders, self._settings, self._plan, self._early, self._say
        )
        return self._source.earlier()

    def _jobs(self, finalists: Sequence[int]) -> Iterable[Job]:
        drawn = {trial: self._search.draw_overrides(trial) for trial in finalists}
        for number, seed in enumerate(self._seeds, start=1):
            for trial, overrides in drawn.items():
                yield self._make(number * ROUND + trial, (*overrides, f"seed={seed}"))
