"""Start a sweep: plan its jobs, then run the unfinished ones in the sweep's folder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import rich

from reviewlab import overrides
from reviewlab.config.grammar import render
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import LaunchPlan, SweepOutcome
from reviewlab.launching.place import Place, open_place
from reviewlab.planning.dry_run import estimate_seconds, format_jobs
from reviewlab.planning.pilot import Pilot, plan_seeds, read_pilot
from reviewlab.planning.plan import Planner
from reviewlab.planning.race import plan_race
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.runs.files import no_empty_parents
from reviewlab.runs.lock import removed_unless
from reviewlab.sweeps.folder import SweepFolder, default_name
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.race_source import RaceSource
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.source import Work
from reviewlab.sweeps.views import say

if TYPE_CHECKING:
    from reviewlab.planning.search import SearchPlan


def sweep(request: SweepRequest, entry: str) -> SweepOutcome:
    """Run a sweep's unfinished jobs; for a dry run, only list the sweep's jobs.

    Args:
        request: the sweep that the command line asks for.
        entry: "module:function"; each job calls it with its folder and overrides, in a new process.

    Raises:
        InputError: the sweep cannot run; no job has started, and no new folder is left behind.
    """
    with open_place(request.launcher) as place:
        if request.settings.dry_run:
            return _preview_jobs(request, place)
        if request.settings.pilot is not None:
            raise InputError("sweep.pilot: only read by a dry run; add sweep.dry_run=true")
        return _run_jobs(request, place, entry)


def _preview_jobs(request: SweepRequest, place: Place) -> SweepOutcome:
    pilot = _find_pilot(request)
    plan = _plan(request, request.settings.name or _default_title(request), place)
    place.refuse(plan.jobs)
    jobs, note = plan.preview()
    seconds, slots = estimate_seconds(plan.planner, jobs), place.jobs_at_a_time(jobs)
    parts = [format_jobs(plan.planner, jobs, seconds, slots), note]
    if pilot is not None:
        settings = request.settings
        mean = sum(seconds) / max(len(seconds), 1)
        parts.append(f"\n{plan_seeds(pilot, plan.jobs, mean, slots, settings)}")
    return SweepOutcome(None, 0, "\n".join(filter(None, parts)) + "\n")


def _find_pilot(request: SweepRequest) -> Pilot | None:
    """Read the runs that a dry run plans by: those of `sweep.pilot`, or of the sweep itself."""
    settings = request.settings
    if request.search is not None:
        if settings.pilot is not None:
            raise InputError("sweep.pilot: a search plans no seeds; allowed: null")
        return None
    if settings.pilot is not None:
        return read_pilot(Path(settings.pilot), settings.metric)
    if settings.name is None:
        return None
    try:
        own = Path(request.config["outputs"]) / "sweeps" / settings.name
        return read_pilot(own, settings.metric)
    except InputError:  # it has not begun, or has no two seeds yet
        return None


def _run_jobs(request: SweepRequest, place: Place, entry: str) -> SweepOutcome:
    place.open(entry)
    with _held_folder(request) as folder:
        plan = _plan(request, folder.path.name, place)
        place.refuse(plan.jobs)
        _refuse_other_work(folder, plan.study_identity, plan.race)
        folders = folder.of_jobs()
        work = plan.work(folder, folders)
        seeds = [*(work.race.rounds if work.race else dict.fromkeys(j.seed for j in plan.jobs))]
        launch_plan = LaunchPlan(request, plan.planner, work, folder, folders, seeds)
        return place.launch(launch_plan, plan.jobs, entry).run()


class GridPlan(NamedTuple):
    """The planned jobs of a grid.

    Attributes:
        planner: the planner, which makes the jobs' experiments.
        jobs: the jobs.
        max_attempts: how often a job may fail before the sweep gives up on it.
    """

    planner: Planner
    jobs: list[Job]
    max_attempts: int
    study_identity: None = None
    race: None = None

    def work(self, folder: SweepFolder, folders: Mapping[str, Path]) -> Work:
        """Return the object that hands out one job after another."""
        return GridSource(self.jobs, folders, self.max_attempts)

    def preview(self) -> tuple[list[Job], str]:
        """Return the jobs to list in a dry run's table, and a note to print below the table."""
        return self.jobs, ""


class GridRacePlan(NamedTuple):
    """The planned jobs of a race.

    Attributes:
        planner: the planner, which makes the jobs' experiments.
        jobs: all jobs that the race may run, round by round.
        settings: the settings of the sweep.
        race: the rounds.
        early: True if a round may begin before the one before it is complete.
    """

    planner: Planner
    jobs: list[Job]
    settings: SweepSettings
    race: RacePlan
    early: bool
    study_identity: None = None

    def work(self, folder: SweepFolder, folders: Mapping[str, Path]) -> Work:
        """Return the object that hands out the jobs of one round after another.

        Args:
            folder: the folder of the sweep, which may have begun with other seeds.
            folders: maps the run id of each started job to its folder.
        """
        seeds = folder.plan().seeds or self.race.rounds
        plan = Plan(seeds, self.settings.equality_margin, self.race, self.settings.incomplete)
        return RaceSource(self.jobs, folders, self.settings, plan, self.early, _say)

    def preview(self) -> tuple[list[Job], str]:
        """Return the jobs to list in a dry run's table, and a note to print below the table."""
        note = "A race: these are the most jobs; configurations that are worse get no more seeds."
        return self.jobs, note


def _say(text: str) -> None:
    say(rich.get_console(), text)


def _plan(request: SweepRequest, name: str, place: Place) -> "GridPlan | GridRacePlan | SearchPlan":
    settings = request.settings
    if request.search is None:
        planner = Planner(request.arguments, settings, name, place.machine, request.sources)
        jobs = planner.jobs()
        if not settings.race:
            return GridPlan(planner, jobs, settings.max_attempts)
        data_sets = {facts.fingerprint for facts in planner.data_facts.values()}
        race = plan_race(jobs, len(data_sets), place.waits)
        return GridRacePlan(planner, jobs, settings, race, early=place.one_by_one)
    up_front = not place.one_by_one
    if up_front and (request.search.confirm is None or not place.waits):
        raise InputError(
            "hydra/sweeper: a search needs a result before it chooses the next trial, so its jobs "
            "cannot all be submitted to SLURM up front; allowed: hydra/launcher=local (also inside "
            "an allocation) or hydra/launcher=ray"
        )
    # imported here, since it imports Optuna, which a grid does not need
    from reviewlab.planning.search import plan_search

    return plan_search(request, request.search, name, place.machine, up_front)


def _refuse_other_work(
    folder: SweepFolder, identity: Mapping[str, Any] | None, race: RacePlan | None
) -> None:
    """Refuse to continue a grid, race or search as another one, or a search with other settings.

    Args:
        folder: the folder of the sweep.
        identity: the space and objectives of the search; None for a grid.
        race: the rounds of the race; None if the sweep is not a race.
    """
    before = folder.read()
    if before is None:
        return
    began = _describe(before.get("search"), before.get("race") is not None)
    if began != (now := _describe(identity, race is not None)):
        raise InputError(
            f"sweep.name: {folder.path.name!r} began as {began}, but this is {now}; choose another "
            "name"
        )


def _describe(search: Mapping[str, Any] | None, race: bool) -> str:
    if search is None:
        return "a race" if race else "a grid"
    space = " ".join(f"{key}={text}" for key, text in search["space"].items())
    return f"a search over {space} for {render(search['objectives'])}"


@contextmanager
def _held_folder(request: SweepRequest) -> Iterator[SweepFolder]:
    """Lock the sweep's folder; if it is new and the sweep could not start, remove it again."""
    parent, name = Path(request.config["outputs"]) / "sweeps", request.settings.name
    with no_empty_parents(parent / (name or "new")):
        if name is None:
            new, folder = True, SweepFolder.claim(parent, default_name(_default_title(request)))
        else:
            folder = SweepFolder(parent / name)
            new = folder.make()
        with removed_unless(lambda: not new or folder.read() is not None, folder):
            yield folder


def _default_title(request: SweepRequest) -> str:
    """Return the name of the sweep's config file, or else the names of the keys that vary."""
    if request.choice != "default":
        return request.choice.replace("/", "-")  # lessons/dropout
    values = overrides.values(request.arguments)
    keys = [key for key, value in values.items() if "," in value or value.endswith(")")]
    return "_".join(key.rpartition(".")[2] for key in keys) or "sweep"
