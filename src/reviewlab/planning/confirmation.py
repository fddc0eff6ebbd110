"""Check the node `confirm` of a search, and plan the rounds in which its best trials race."""

from collections.abc import Mapping, Sequence

from reviewlab.config.bind import bind
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.sweeps.confirmed_search import fresh_seeds
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import ConfirmSettings, SearchSettings

KEY = "hydra.sweeper.confirm"


def read_confirm(
    search: SearchSettings, objectives: Mapping[str, str], metric: str
) -> ConfirmSettings | None:
    """Read how a search confirms its best trials; None if it does not.

    Args:
        search: the settings of the search.
        objectives: the metrics that trials are compared by, each mapped to min or max.
        metric: the metric that the leaderboard ranks by.

    Raises:
        InputError: a value is not allowed, or trials are not compared as the leaderboard does it.
    """
    if search.confirm is None:
        return None
    confirm = bind(search.confirm, ConfirmSettings, KEY)
    if [*objectives] != [metric]:
        raise InputError(
            f"{KEY}: the leaderboard ranks confirmed runs by {metric}, but trials are compared by "
            f"{' and '.join(objectives)}; allowed: null, or the objective {metric} alone"
        )
    return confirm


def plan_confirmation(
    confirm: ConfirmSettings, planner: Planner, trial: Job, folder: SweepFolder
) -> tuple[Plan, list[int]]:
    """Return the statistical plan of the race, without a margin, and the seed of each round.

    What an earlier launch recorded stays: the planned seeds, the trials that were chosen, and any
    rounds beyond those asked for now.

    Args:
        confirm: how many trials and seeds are asked for.
        planner: the planner, which makes the jobs.
        trial: a job that a trial may have.
        folder: the folder of the sweep.
    """
    before = folder.plan()
    recorded = before.race or RacePlan((), confirm.top, ())
    number = max(confirm.seeds, len(recorded.rounds))
    used = [planner.experiment(trial).seed]
    seeds = fresh_seeds(folder.path.name, number, used)
    rounds = _labels(planner, trial, seeds)
    if rounds[: len(recorded.rounds)] != [*recorded.rounds]:
        raise InputError(
            f"seed: the runs that confirm the best trials of {folder.path.name!r} had other seeds; "
            "allowed: the seed with which the sweep began"
        )
    planned = before.seeds if before.race is not None else rounds
    race = RacePlan(rounds, recorded.configurations, [*(recorded.finalists or ())])
    return Plan(planned, race=race), seeds


def refuse_unconfirmed(folder: SweepFolder) -> None:
    """Refuse to continue a search that confirms its best trials as one that does not.

    Raises:
        InputError: `sweep.yaml` has the plan of a race between the best trials.
    """
    race = folder.plan().race
    if race is not None and race.confirms:
        raise InputError(
            f"{KEY}: null is not allowed, since the search {folder.path.name!r} confirms its best "
            f"trials; allowed: {{top: {race.configurations}, seeds: {len(race.rounds)}}}, or more"
        )


def refuse_open_trials(over: bool, folder: SweepFolder) -> None:
    """Refuse to submit trials to SLURM, which can only run the race between the best of them.

    Args:
        over: True if all trials have ended.
        folder: the folder of the sweep.

    Raises:
        InputError: some trials have not ended.
    """
    if not over:
        raise InputError(
            f"hydra/launcher: SLURM only confirms the best trials of a search, and those of "
            f"{folder.path.name!r} have not all ended; allowed: first hydra/launcher=local (also "
            "inside an allocation) or hydra/launcher=ray"
        )


def describe_confirmation(confirm: ConfirmSettings) -> str:
    """Say which runs follow the trials."""
    best = "best trial" if confirm.top == 1 else f"best {confirm.top} trials"
    most = confirm.top * confirm.seeds
    return f"Then the {best} will run with {confirm.seeds} fresh seeds: at most {most} more jobs."


def _labels(planner: Planner, trial: Job, seeds: Sequence[int]) -> list[str]:
    """Return the seeds as the leaderboard names them, for example with a fold.

    Args:
        planner: the planner, which makes the jobs.
        trial: a job that a trial may have.
        seeds: the seeds.
    """
    jobs = [planner.job(0, (*trial.overrides, f"seed={seed}")) for seed in seeds]
    return [job.seed for job in jobs]
