"""Plan a search: a sweep whose jobs depend on the results of earlier ones."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import optuna
import rich

from reviewlab.config.compose import explain_errors
from reviewlab.config.experiment import Experiment
from reviewlab.config.grammar import Grammar
from reviewlab.config.machine import Machine
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.models.metrics import metric_names
from reviewlab.overrides import bare
from reviewlab.planning.confirmation import (
    describe_confirmation,
    plan_confirmation,
    read_confirm,
    refuse_open_trials,
    refuse_unconfirmed,
)
from reviewlab.planning.plan import Planner
from reviewlab.planning.search_space import read_search_space
from reviewlab.reporting.metric_table import best_mode
from reviewlab.sweeps.confirmed_search import ConfirmedSearch
from reviewlab.sweeps.folder import StudyIdentity, SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.search_source import OF_RESULT, SearchSource, study_identity
from reviewlab.sweeps.settings import ConfirmSettings, SearchSettings, SweepSettings
from reviewlab.sweeps.source import Work
from reviewlab.sweeps.space import Space, corners, draw, number_from
from reviewlab.sweeps.study import DIRECTIONS, sampler
from reviewlab.sweeps.views import say


class SearchPlan(NamedTuple):
    """A hyperparameter search that has been checked, before its first trial.

    Attributes:
        settings: the settings of the search.
        objectives: the metrics that trials are compared by, each mapped to min or max.
        space: the choices and intervals from which trials draw their values.
        name: the name of the sweep.
        planner: the planner, which makes the trials' jobs.
        jobs: checked jobs that cover every choice and both ends of every interval.
        sweep: the settings of the sweep.
        confirm: how the best trials are confirmed; None if they are not.
        up_front: True if all jobs of a round are submitted up front, so that no trial can run.
    """

    settings: SearchSettings
    objectives: dict[str, str]
    space: Space
    name: str
    planner: Planner
    jobs: list[Job]
    sweep: SweepSettings
    confirm: ConfirmSettings | None = None
    up_front: bool = False
    race: None = None

    @property
    def study_identity(self) -> StudyIdentity:
        """The parts of the search that must stay the same when the sweep is continued."""
        return study_identity(self.space, self.objectives)

    def work(self, folder: SweepFolder, folders: Mapping[str, Path]) -> Work:
        """Return the object that proposes one trial after another, and then confirms the best.

        Args:
            folder: the folder of the sweep, which holds the study's journal.
            folders: maps the run id of each started job to its folder.

        Raises:
            InputError: the sweep began with other confirming runs, or trials cannot run here.
        """
        make = self.planner.job
        if self.confirm is None:
            refuse_unconfirmed(folder)
            return self._search(folder, folders)
        plan, seeds = plan_confirmation(self.confirm, self.planner, self.jobs[0], folder)
        plan = replace(plan, margin=self.sweep.equality_margin)
        search, early = self._search(folder, folders), not self.up_front
        if self.up_front:
            refuse_open_trials(search.over, folder)
        return ConfirmedSearch(
            search, self.confirm.top, seeds, plan, self.sweep, make, folders, early, _say
        )

    def _search(self, folder: SweepFolder, folders: Mapping[str, Path]) -> SearchSource:
        make = self.planner.job
        return SearchSource(self.settings, self.objectives, self.space, folder, make, folders, _say)

    def preview(self) -> tuple[list[Job], str]:
        """Return the jobs of trials that need no earlier results, and a note on later trials."""
        count = self.settings.n_trials
        if self.settings.sampler == "tpe":
            count = min(count, self.settings.n_startup_trials)
        study = optuna.create_study(
            directions=[DIRECTIONS[mode] for mode in self.objectives.values()]
        )
        seed = number_from(self.name) if self.settings.seed is None else self.settings.seed
        trials = []
        for number in range(count):
            study.sampler = sampler(self.settings, seed, number)
            trials.append(draw(self.space, study.ask()))
        jobs = [self.planner.job(number, overrides) for number, overrides in enumerate(trials)]
        left = self.settings.n_trials - count
        notes = [f"{left} more trials will depend on the results of these."] if left else []
        notes += [] if self.confirm is None else [describe_confirmation(self.confirm)]
        return jobs, "\n".join(notes)


def plan_search(
    request: SweepRequest,
    search: SearchSettings,
    name: str,
    machine: Machine = Machine.HERE,
    up_front: bool = False,
) -> SearchPlan:
    """Check every value that a search may try, so that no trial is refused later.

    Args:
        request: the sweep that the command line asks for.
        search: the settings of the node `hydra.sweeper`.
        name: the sweep's name; a null seed is replaced by a number derived from it.
        machine: the machine that the trials will run on: this one or another.
        up_front: True if jobs are submitted up front, which only confirming runs can be.

    Raises:
        InputError: some trial could not run, or the objectives are not allowed.
    """
    settings, sources = request.settings, request.sources
    with explain_errors(sources.config_name, request.arguments, sources.folders):
        grammar = Grammar(sources.folders)
        fixed, space = read_search_space(request.arguments, settings, name, grammar)
    planner = Planner(fixed, replace(settings, grid={}), name, machine, sources)
    planner.varied = tuple(map(bare, space))
    objectives = search.objectives or {settings.metric: settings.mode}
    jobs = [planner.job(number, overrides) for number, overrides in enumerate(corners(space))]
    _check_objectives(objectives, planner.experiment(jobs[0]))
    if len(objectives) > 1 and search.pruner is not None:
        raise InputError(
            f"hydra.sweeper.pruner: {search.pruner!r} cannot be used with several objectives; "
            "allowed: null, or one objective"
        )
    confirm = read_confirm(search, objectives, settings.metric)
    return SearchPlan(search, objectives, space, name, planner, jobs, settings, confirm, up_front)


def _say(text: str) -> None:
    say(rich.get_console(), text)


def _check_objectives(objectives: Mapping[str, str], experiment: Experiment) -> None:
    measured = metric_names(*experiment.data.build().classes)
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
