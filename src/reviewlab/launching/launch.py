"""One launch of a sweep: run the jobs that are left, and report how each one ends."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import rich

from reviewlab.config.logger_choice import logs_to_tensorboard
from reviewlab.console.commands import fit_command
from reviewlab.console.text import readable_path
from reviewlab.exceptions import UNWRITABLE, InputError
from reviewlab.launching.commands import continue_command, next_commands
from reviewlab.launching.tables import tables_told
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.reporter import Reporter
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import NGRAM_BASELINE, RunFolder
from reviewlab.runs.lock import InUseError
from reviewlab.runs.status import write_status
from reviewlab.sweeps.changes import changes, code
from reviewlab.sweeps.folder import SweepFolder, SweepRecord, race_record
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.queue import View
from reviewlab.sweeps.source import Work
from reviewlab.sweeps.views import say, standing, sweep_views

if TYPE_CHECKING:
    from reviewlab.config.sweep_request import SweepRequest
    from reviewlab.planning.plan import Planner


@dataclass(frozen=True)
class LaunchPlan:
    """A planned sweep whose folder is locked.

    Attributes:
        request: the sweep that the command line asks for.
        planner: the planner, which makes each job's experiment.
        work: the object that hands out one job after another.
        folder: the sweep's folder.
        folders: maps the run id of each job that was started before to its folder.
        seeds: the seeds that this launch plans.
    """

    request: "SweepRequest"
    planner: "Planner"
    work: Work
    folder: SweepFolder
    folders: dict[str, Path]
    seeds: list[str]


class SweepOutcome(NamedTuple):
    """The result of one launch of a sweep.

    Attributes:
        folder: the sweep's folder; None for a dry run.
        code: the exit code; 0 if every job is done.
        summary: the lines to print at the end.
    """

    folder: Path | None
    code: int
    summary: str


class Launch:
    """One launch of a sweep, by a process that has locked the sweep's folder.

    Subclasses implement `_carry_out` for their launcher.

    Args:
        plan: the planned sweep.
        places: number of jobs that can run at a time.
        threads: number of threads that each job computes with.
    """

    def __init__(self, plan: LaunchPlan, places: int, threads: int) -> None:
        self._config, self._settings = plan.request.config, plan.request.settings
        self._argv = plan.request.argv
        self._planner, self._work = plan.planner, plan.work
        self._folder, self._folders = plan.folder, plan.folders
        self._places = places
        self._threads = threads
        metric, mode = self._settings.metric, self._settings.mode
        before, race = self._folder.plan(), self._work.race
        is_new = self._folder.read() is None or (before.race is None and race is not None)
        seeds = plan.seeds if is_new else before.seeds
        margin, incomplete = self._settings.equality_margin, self._settings.incomplete
        self._planned = Plan(seeds, margin, race, incomplete)
        self._reporter = Reporter(self._folder.path, metric, mode, plan=self._planned)
        self._progress = Progress(self._work.total, places, metric, mode)
        self._over: set[str] = set()
        self._stopped_by = 0
        self._until_the_end = ExitStack()

    def run(self) -> SweepOutcome:
        """Run the unfinished jobs, and return the outcome of this launch.

        Raises:
            InputError: the code or config has changed since the sweep began, or nothing can be
                written.
        """
        try:
            return self._run()
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            raise InputError(
                f"{error.filename or self._folder.path}: {error.strerror}; once this is fixed, "
                f"continue with: {self._command()}"
            ) from error

    def _run(self) -> SweepOutcome:
        self._refuse_changes()
        self._report_ended(self._work.earlier())
        self._record_finalists()
        with self._until_the_end:
            with sweep_views(self._progress, self._reporter) as views:
                self._carry_out(views)
            code, summary = self._end()
        return SweepOutcome(self._folder.path, code, summary)

    def _carry_out(self, views: Sequence[View]) -> None:
        """Run the jobs that `work` hands out, and report their progress to `views`."""
        raise NotImplementedError

    def _refuse_changes(self) -> None:
        """Refuse to continue if code or config changed since the sweep began, else record both."""
        race = self._planned.race
        now: SweepRecord = {
            "name": self._folder.path.name,
            "command": self._command(),
            "metric": self._settings.metric,
            "mode": self._settings.mode,
            "margin": self._planned.margin,
            "incomplete": self._planned.incomplete,
            "varied": [*self._planner.varied],
            "search": self._work.study_identity,
            "jobs": None if self._work.study_identity or race else self._work.total,
            "seeds": [*self._planned.seeds],
            "race": None if race is None else race_record(race),
            "max_attempts": self._work.max_attempts,
            "base": self._config,
            "code": code(),
        }
        before = self._folder.read()
        changed = [] if before is None else changes(before, now)
        if changed and not self._settings.allow_changes:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise InputError(
                f"sweep.name: {self._folder.path.name!r} began with different settings or code: "
                f"{'; '.join(changed[:3])}{more}; choose another name, or set "
                "sweep.allow_changes=true"
            )
        self._folder.write(now)

    def _record_finalists(self) -> None:
        """Record which trials a search confirms as soon as it has chosen them, before they run."""
        race = self._work.race
        if not race or race == self._planned.race:
            return
        if record := self._folder.read():
            self._planned = replace(self._planned, race=race)
            self._reporter.follow(self._planned)
            self._folder.write({**record, "race": race_record(race)})

    def _report_ended(self, over: Sequence[Earlier]) -> None:
        for job in over:
            self._over.add(job.job.run_id)
            self._progress.ended(job.job, job.status, job.folder)
        for folder in self._folders.values():
            self._reporter.update(folder)
        self._progress.expect(self._work.total, self._work.waiting)
        jobs, slots = f"{'at most ' if self._work.race else ''}{self._work.total}", self._places
        progress = f"; {standing(self._progress)}" if self._folders else ""
        self._say(f"sweep {readable_path(self._folder.path)}: jobs {jobs}, slots {slots}{progress}")

    def _say(self, text: str) -> None:
        say(rich.get_console(), text)

    def _prepare_folder(self, job: Job) -> Path | None:
        """Prepare a job's folder and return it; None while another process trains there."""
        self._record_finalists()
        self._progress.expect(self._work.total, self._work.waiting)
        path = self._folders.setdefault(job.run_id, self._folder.of_job(job))
        path.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(path)
        experiment = replace(self._planner.experiment(job), threads=self._threads)
        baseline = self._planner.baselines.metrics(experiment)
        try:
            with folder.held():
                folder.write_config(experiment.as_config())
                if baseline:
                    write_json(path / NGRAM_BASELINE, baseline)
                self._work.mark(job, path)
                write_status(path, known_status(path).queued())
        except InUseError:
            return None
        return path

    def _end(self) -> tuple[int, str]:
        """Write the tables, and return the exit code and the summary to print."""
        try:
            with tables_told(self._folder.path):
                self._reporter.write()
                self._reporter.figures()
                return self._summarise()
        except SystemExit as stopped:
            return int(stopped.code or 0), self._left()

    def _summarise(self) -> tuple[int, str]:
        logged, any_done = logs_to_tensorboard(self._config), bool(self._reporter.board.lines)
        follow = next_commands(self._folder.path, logged, any_done)
        commands = "\n".join(map(fit_command, follow))
        summary = (
            f"\n{self._reporter.text(rich.get_console().width)}\n\n"
            f"leaderboard: {readable_path(self._folder.path)}/leaderboard.md (.csv, .html)\n\n"
            f"next:\n{commands}\n"
        )
        if self._work.closing:
            summary += f"{self._work.closing}\n"
        left = self._left()
        code = 128 + self._stopped_by if self._stopped_by else 1
        return code if left else 0, summary + left

    def _left(self) -> str:
        """Say how many jobs are in each state, and how to continue; empty if all are done."""
        states, total = self._progress.states, self._work.total
        self._progress.expect(total, self._work.waiting)
        if states["done"] + states["pruned"] == total:
            return ""
        tries_again = any(n < self._work.max_attempts for n in self._progress.failures)
        left = tries_again or self._progress.ended_count < total
        hint = f"; continue with:\n{fit_command(self._command())}" if left else ""
        return f"{standing(self._progress)}{hint}\n"

    def _command(self) -> str:
        """Return the command that continues this sweep."""
        return continue_command(self._argv, self._folder.path.name)
