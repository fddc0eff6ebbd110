"""The jobs of a search, which Optuna proposes one at a time from the results so far."""

import math
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from reviewlab.exceptions import InputError
from reviewlab.overrides import readable
from reviewlab.runs.status import Status
from reviewlab.sweeps.folder import StudyIdentity, SweepFolder, SweepRecord
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import known_result, known_status, whole
from reviewlab.sweeps.pruning import mark
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.space import Space, draw, number_from
from reviewlab.sweeps.study import JOURNAL, open_storage, open_study, sampler, trial_again

ENDED = ("done", "pruned", "failed", "killed")
"""States in which a trial is over; failed trials are not tried again."""

OF_RESULT: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "parameters": lambda result: result["parameters"],
    "seconds": lambda result: result["seconds"]["train"],
}
"""Objectives that are not metrics of the best epoch, with functions that read them from results."""


def study_identity(space: Space, objectives: Mapping[str, str]) -> StudyIdentity:
    """Return the parts of a search that must not change, as text for `sweep.yaml`.

    Args:
        space: maps each key to the choices or interval that its values are drawn from.
        objectives: the metrics that trials are compared by, each mapped to min or max.
    """
    dimensions = {key: str(dimension) for key, dimension in space.items()}
    return {"space": dimensions, "objectives": dict(objectives)}


class SearchSource:
    """The source of a search's jobs; trial 7 of the study is job 7 of the sweep.

    If several trials have the same settings, only the first is trained; the others get its result.

    Args:
        settings: the search's settings.
        objectives: the metrics that trials are compared by, each mapped to min or max.
        space: maps each key to the choices or interval that its values are drawn from.
        folder: the folder of the sweep, which holds the study's journal.
        make: function that makes a job from its number and overrides.
        folders: maps run ids of started jobs to folders; the code that starts a job adds one.
        say: function that prints a message for the user.

    Attributes:
        study_identity: the parts of the search that must not change when its sweep is continued.
    """

    max_attempts = 1
    race = None
    waiting = ()  # trials are proposed one after another

    def __init__(
        self,
        settings: SearchSettings,
        objectives: Mapping[str, str],
        space: Space,
        folder: SweepFolder,
        make: Callable[[int, tuple[str, ...]], Job],
        folders: Mapping[str, Path],
        say: Callable[[str], None],
    ) -> None:
        record: SweepRecord = folder.read() or {}
        before = record.get("search")
        drew = settings.sampler if before is None else before.get("sampler", "tpe")
        self.study_identity = study_identity(space, objectives)
        is_random = drew == settings.sampler == "random"
        self.study_identity["sampler"] = "random" if is_random else "tpe"
        self._settings = settings
        self._objectives = objectives
        self._space = space
        self._folders = folders
        self._make = make
        self._say = say
        self._seed = number_from(folder.path.name) if settings.seed is None else settings.seed
        self._storage = open_storage(folder.path / JOURNAL)
        self._study = open_study(self._storage, objectives)
        self._unfinished: deque[Job] = deque()
        self._numbers: dict[str, list[int]] = {}
        self._without_job = 0

    @property
    def total(self) -> int:
        """The expected number of jobs; trials that turn out to need no job reduce it."""
        return max(self._settings.n_trials, len(self._trials())) - self._without_job

    @property
    def over(self) -> bool:
        """True once there have been `n_trials` trials, and all of them have ended."""
        trials = self._trials()
        return (
            not self._unfinished
            and len(trials) >= self._settings.n_trials
            and all(trial.state.is_finished() for trial in trials)
        )

    def best(self, count: int) -> list[int]:
        """Return the numbers of the best complete trials, best first, each with other settings."""
        [mode] = self._objectives.values()
        sign = -1 if mode == "max" else 1
        leading = {numbers[0] for numbers in self._numbers.values()}
        complete = [
            trial
            for trial in self._trials()
            if trial.state == TrialState.COMPLETE and trial.number in leading
        ]
        complete.sort(key=lambda trial: (sign * trial.values[0], trial.number))
        return [trial.number for trial in complete[:count]]

    def draw_overrides(self, number: int) -> tuple[str, ...]:
        """Return the overrides of a trial, drawing the values that it does not have yet."""
        self._study.sampler = sampler(self._settings, self._seed, number)
        return draw(self._space, trial_again(self._study, self._storage, number))

    def earlier(self) -> list[Earlier]:
        """Return the jobs that need no more work; `next` will hand out the unfinished ones first.

        If an earlier launch died before its jobs ended, it could not record their results in the
        study; they are recorded now.
        """
        over = []
        for number in range(len(self._trials())):
            job = self._job(number)
            if job is None:
                continue
            end = self._end_of(job)
            if end is None:
                self._unfinished.append(job)
            else:
                self._record_end(number, *end)
                over.append(Earlier(job, *end))
        return over

    def next(self) -> Job | None:
        """Return the next job to train; None once there have been `n_trials` trials."""
        if self._unfinished:
            return self._unfinished.popleft()
        while (number := len(self._trials())) < self._settings.n_trials:
            self._study.ask()
            job = self._job(number)
            end = None if job is None else self._end_of(job)
            if end is not None:  # the journal was lost, but not the job's folder
                self._record_end(number, *end)
                self._without_job += 1
            elif job is not None:
                return job
        return None

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Record the end of a job in the study, unless the job will be resumed.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        if status.state != "preempted":
            for number in self._numbers[job.run_id]:
                self._record_end(number, status, folder)

    def mark(self, job: Job, folder: Path) -> None:
        """Write the settings for pruning into the folder of a job that is about to start."""
        mark(folder, job.number, next(iter(self._objectives)), self._settings)

    @property
    def closing(self) -> str:
        """The Pareto-optimal jobs, one per line; empty if there is only one objective."""
        if len(self._objectives) == 1 or not self._study.best_trials:
            return ""
        lines = ["best trade-offs between " + " and ".join(self._objectives) + ":"]
        leading = {numbers[0] for numbers in self._numbers.values()}
        best = [trial for trial in self._study.best_trials if trial.number in leading]
        for trial in sorted(best, key=lambda trial: trial.values):
            values = zip(self._objectives, trial.values, strict=True)
            reached = "  ".join(f"{name} {_short(value)}" for name, value in values)
            drawn = " ".join(map(readable, self.draw_overrides(trial.number)))
            lines.append(f"  job {trial.number}  {reached}  {drawn}")
        return "\n".join(lines)

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _job(self, number: int) -> Job | None:
        """Make a trial's job; None if it cannot run or is the same as an earlier trial's job."""
        overrides = self.draw_overrides(number)
        try:
            job = self._make(number, overrides)
        except InputError as error:
            self._without_job += 1
            if not self._trials()[number].state.is_finished():
                self._say(f"cannot run: {error}")
                self._finish(number, state=TrialState.FAIL)
            return None
        numbers = self._numbers.setdefault(job.run_id, [])
        numbers.append(number)
        if len(numbers) == 1:
            return job
        self._without_job += 1
        end = self._end_of(job)
        if end is not None:  # otherwise recorded when the job they share ends
            self._record_end(number, *end)
        return None

    def _end_of(self, job: Job) -> tuple[Status, Path] | None:
        """Return the final status of a job and its folder; None if the job needs more work."""
        folder = self._folders.get(job.run_id)
        status = Status("queued") if folder is None else known_status(folder)
        if folder is None or status.state not in ENDED:
            return None
        return None if status.state == "done" and not whole(folder) else (status, folder)

    def _record_end(self, number: int, status: Status, folder: Path) -> None:
        if status.state == "pruned":
            self._finish(number, state=TrialState.PRUNED)
            return
        values = [self._value(name, folder) for name in self._objectives]
        if status.state == "done" and all(map(math.isfinite, values)):
            self._finish(number, values=values)
        else:
            self._finish(number, state=TrialState.FAIL)

    def _finish(self, number: int, **how: Any) -> None:
        if not self._trials()[number].state.is_finished():
            self._study.tell(number, **how)

    def _value(self, name: str, folder: Path) -> float:
        result = known_result(folder)
        if result is None:
            return math.nan
        value = OF_RESULT[name](result) if name in OF_RESULT else result["best"].get(name)
        return math.nan if value is None else float(value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}"
