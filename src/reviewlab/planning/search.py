"""A multirun whose jobs follow from how earlier ones ended."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import optuna
import rich

from reviewlab.config import build
from reviewlab.config.bind import TARGET, bind
from reviewlab.config.compose import rewritten
from reviewlab.config.recompose import parser_with_choices
from reviewlab.config.request import Request
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.models.metrics import metric_names
from reviewlab.planning.plan import Planner
from reviewlab.planning.search_space import searched
from reviewlab.reporting.metric_table import best_mode
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.search import OF_RESULT, Search, kept
from reviewlab.sweeps.search_settings import SearchSettings
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import Space, corners, draw, number_from
from reviewlab.sweeps.study import DIRECTIONS, sampler
from reviewlab.sweeps.views import say


class SearchPlan(NamedTuple):
    """A search before its first trial.

    jobs: with every choice and both ends of every interval; all of them could run.
    """

    settings: SearchSettings
    objectives: dict[str, str]
    space: Space
    name: str
    planner: Planner
    jobs: list[Job]

    @property
    def kept(self) -> dict[str, Any]:
        """What may not change under one name."""
        return kept(self.space, self.objectives)

    def work(self, folder: SweepFolder, folders: Mapping[str, Path]) -> Search:
        """What hands out the trials, in the folder that its journal lies in."""
        make = self.planner.job
        return Search(self.settings, self.objectives, self.space, folder, make, folders, _say)

    def shown(self) -> tuple[list[Job], str]:
        """The trials that follow from no other, as they will be drawn, and a word on the rest."""
        count = self.settings.n_trials
        if self.settings.sampler == "tpe":
            count = min(count, self.settings.n_startup_trials)
        study = optuna.create_study(
            directions=[DIRECTIONS[mode] for mode in self.objectives.values()]
        )
        seed = number_from(self.name) if self.settings.seed is None else self.settings.seed
        drawn = []
        for number in range(count):
            study.sampler = sampler(self.settings, seed, number)
            drawn.append(draw(self.space, study.ask()))
        jobs = [self.planner.job(number, overrides) for number, overrides in enumerate(drawn)]
        left = self.settings.n_trials - count
        return jobs, f"{left} more trials will follow from how these end." if left else ""


def plan_search(
    request: Request, settings: SweepSettings, name: str, elsewhere: bool = False
) -> SearchPlan:
    """Check what a search is asked for, so that no trial finds it out.

    elsewhere: whether the trials will run on other machines, which may have GPUs.
    Raises: InputError for what cannot work.
    """
    said = {key: value for key, value in request.sweeper.items() if key != TARGET}
    search = SearchSettings(**bind(said, SearchSettings, "hydra.sweeper"))
    with rewritten("train", request.arguments):
        fixed, space = searched(request.arguments, settings, name, parser_with_choices())
    planner = Planner(fixed, replace(settings, grid={}), name, elsewhere)
    planner.varied = tuple(key.lstrip("+") for key in space)
    objectives = search.objectives or {settings.metric: settings.mode}
    jobs = [planner.job(number, overrides) for number, overrides in enumerate(corners(space))]
    _check_objectives(objectives, planner.config(jobs[0]))
    if len(objectives) > 1 and search.pruner is not None:
        raise InputError(
            f"hydra.sweeper.pruner: {search.pruner!r} cannot weigh several objectives; allowed: "
            "null, or one objective"
        )
    return SearchPlan(search, objectives, space, name, planner, jobs)


def _say(text: str) -> None:
    say(rich.get_console(), text)


def _check_objectives(objectives: Mapping[str, str], config: dict[str, Any]) -> None:
    measured = metric_names(build.datamodule(config).label_names)
    names = [*sorted(f"val/{name}" for name in measured), *OF_RESULT]
    for name, mode in objectives.items():
        if name not in names:
            hint = did_you_mean(name, names) or ";"
            raise InputError(
                f"hydra.sweeper.objectives: {name!r} is not measured{hint} allowed: "
                f"{', '.join(names)}"
            )
        wanted = "min" if name in OF_RESULT else best_mode(name)
        if mode != wanted:
            raise InputError(
                f"hydra.sweeper.objectives: {name}: {mode!r} is not allowed; allowed: {wanted}"
            )
