"""Prune a trial from within its own process, through the search's journal."""

from collections.abc import Callable, Mapping
from pathlib import Path

import optuna

from reviewlab.runs.files import read_json, write_json
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.study import JOURNAL, NAME, open_storage, pruner, trial_again

TRIAL = "trial.json"

PruningRule = Callable[[Mapping[str, float]], str | None]
"""Takes the metrics of an epoch; returns the reason to stop the trial, or None to continue."""


def mark(folder: Path, number: int, metric: str, settings: SearchSettings) -> None:
    """Write `trial.json` into a job's folder, so that the job can be pruned.

    If the search has no pruner, an existing `trial.json` is removed instead.

    Args:
        folder: the job's folder.
        number: the trial's number.
        metric: the metric that trials are compared by.
        settings: the search's settings.
    """
    if settings.pruner is None:
        (folder / TRIAL).unlink(missing_ok=True)
        return
    trial = {"trial": number, "metric": metric}
    write_json(
        folder / TRIAL, trial | {"pruner": settings.pruner, "min_epochs": settings.min_epochs}
    )


def pruning_rule(folder: Path) -> PruningRule:
    """Load the rule that may stop the job in `folder`; a job without `trial.json` is never stopped.

    The rule reports the metric that the search compares trials by, so that pruned and complete
    trials are on the same scale.
    """
    if not (folder / TRIAL).exists():
        return lambda epoch: None
    marked = read_json(folder / TRIAL)
    metric, number = marked["metric"], marked["trial"]
    storage = open_storage(folder.parents[1] / JOURNAL)
    study = optuna.load_study(
        study_name=NAME,
        storage=storage,
        sampler=optuna.samplers.RandomSampler(),
        pruner=pruner(marked["pruner"], marked["min_epochs"]),
    )

    def judge(epoch: Mapping[str, float]) -> str | None:
        if metric not in epoch:
            return None
        trial = trial_again(study, storage, number)
        trained = int(epoch["epoch"]) + 1
        reported = study.get_trials(deepcopy=False)[number].intermediate_values
        if trained not in reported:  # a resumed job trains an epoch again, with the same result
            trial.report(epoch[metric], step=trained)
        if not trial.should_prune():
            return None
        return f"after epoch {trained}: {metric} {epoch[metric]:.4f} is behind the other trials"

    return judge
