"""Carries out a sweep: plans its jobs, runs what is left to do, and keeps its leaderboard true."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewlab.config.bind import bind
from reviewlab.config.request import Request
from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.console.logs import speak
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import Asked
from reviewlab.launching.place import Place, place
from reviewlab.planning.dry_run import jobs_table
from reviewlab.planning.grid import render
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.folder import SweepFolder, default_name
from reviewlab.sweeps.grid import Grid
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.queue import Work
from reviewlab.sweeps.settings import SweepSettings

if TYPE_CHECKING:
    from reviewlab.planning.search import SearchPlan


def sweep(request: Request, entry: str) -> int:
    """Run what was asked for, or what is left of it; the exit code is 0 when every job is done.

    entry: "module:function", called with a job's folder and overrides in a process of its own.
    Raises: InputError for what cannot work, before any job begins and with no folder left behind.
    """
    speak()
    tidy_up_on_interrupt()
    settings = SweepSettings(**bind(request.sweep, SweepSettings, "sweep"))
    with place(request) as where:
        if settings.dry_run:
            return _show(request, settings, where)
        return _carry_out(request, settings, where, entry)


def _show(request: Request, settings: SweepSettings, where: Place) -> int:
    plan = _plan(request, settings, settings.name or _what(request), where)
    where.refuse(plan.jobs)
    jobs, note = plan.shown()
    table = jobs_table(plan.planner, jobs, where.jobs_at_a_time(jobs))
    sys.stdout.write("\n".join(filter(None, [table, note])) + "\n")
    return 0


def _carry_out(request: Request, settings: SweepSettings, where: Place, entry: str) -> int:
    where.open(entry)
    with _held_folder(request, settings) as folder:
        plan = _plan(request, settings, folder.path.name, where)
        where.refuse(plan.jobs)
        _refuse_other_work(folder, plan.kept)
        folders = folder.of_jobs()
        work = plan.work(folder, folders)
        asked = Asked(request, settings, plan.planner, work, folder, folders)
        return where.launch(asked, plan.jobs, entry).run()


class GridPlan(NamedTuple):
    """A grid before its first job."""

    planner: Planner
    jobs: list[Job]
    max_attempts: int
    kept: None = None

    def work(self, folder: SweepFolder, folders: Mapping[str, Path]) -> Work:
        """What hands out the jobs."""
        return Grid(self.jobs, folders, self.max_attempts)

    def shown(self) -> tuple[list[Job], str]:
        """The jobs that a table shows, and a word on the rest."""
        return self.jobs, ""


def _plan(
    request: Request, settings: SweepSettings, name: str, where: Place
) -> "GridPlan | SearchPlan":
    if request.is_search:
        if not where.one_by_one:
            raise InputError(
                "hydra/sweeper: a search hands out the next trial when one ends; allowed with it: "
                "hydra/launcher=local, also within an allocation of its own, or hydra/launcher=ray"
            )
        from reviewlab.planning.search import (
            plan_search,  # imports Optuna, which a grid has no use for
        )

        return plan_search(request, settings, name, where.elsewhere)
    planner = Planner(request.arguments, settings, name, where.elsewhere)
    return GridPlan(planner, planner.jobs(), settings.max_attempts)


def _refuse_other_work(folder: SweepFolder, kept: dict[str, Any] | None) -> None:
    """A study goes on with its own space and objectives only, and a grid is none."""
    before = folder.read()
    if before is not None and before.get("search") != kept:
        was, now = before.get("search"), kept
        raise InputError(
            f"sweep.name: {folder.path.name!r} began as {_told(was)}, and this is {_told(now)}; "
            "allowed: another name"
        )


def _told(search: dict[str, Any] | None) -> str:
    if search is None:
        return "a grid"
    space = " ".join(f"{key}={text}" for key, text in search["space"].items())
    return f"a search of {space} for {render(search['objectives'])}"


@contextmanager
def _held_folder(request: Request, settings: SweepSettings) -> Iterator[SweepFolder]:
    """The sweep's folder, held; a new one is gone again where no job could begin."""
    parent = Path(request.config["outputs"]) / "sweeps"
    made = [path for path in (parent, parent.parent) if not path.exists()]
    known = bool(settings.name) and (parent / str(settings.name)).is_dir()
    try:
        if known:
            folder = SweepFolder(parent / str(settings.name))
        else:
            folder = SweepFolder.claim(parent, settings.name or default_name(_what(request)))
    except OSError as error:
        raise InputError(
            f"outputs: {request.config['outputs']!r}: {error.strerror}; allowed: a folder that "
            "can be made and written"
        ) from error
    with folder.held():
        try:
            yield folder
        finally:
            if not known and folder.read() is None:
                shutil.rmtree(folder.path)
                with suppress(OSError):  # another sweep has begun there
                    for path in made:
                        path.rmdir()


def _what(request: Request) -> str:
    """What a sweep without a name is called by: its file, or the keys that vary."""
    if request.choice != "default":
        return request.choice.replace("/", "-")  # lessons/dropout
    said = (argument.partition("=") for argument in request.arguments)
    keys = [key for key, _, values in said if "," in values or values.endswith(")")]
    return "_".join(key.lstrip("+").rpartition(".")[2] for key in keys) or "sweep"
