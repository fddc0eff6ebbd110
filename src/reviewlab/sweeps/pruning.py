"""A trial's own process asks whether to go on: it reads and writes the journal of the search."""

from collections.abc import Callable, Mapping
from pathlib import Path

import optuna

from reviewlab.runs.files import read_json, write_json
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.study import JOURNAL, NAME, open_storage, pruner, trial_again

TRIAL = "trial.json"

PruningRule = Callable[[Mapping[str, float]], str | None]
"""Takes the metrics of an epoch and returns why the trial is to stop, or None."""


def mark(folder: Path, number: int, metric: str, settings: SearchSettings) -> None:
    """Leave in a job's folder which trial it is, or that nobody stops it.

    Args:
        folder: of the job.
        number: of the trial.
        metric: that trials are compared by.
        settings: of the search.
    """
    if settings.pruner is None:
        (folder / TRIAL).unlink(missing_ok=True)
        return
    trial = {"trial": number, "metric": metric}
    write_json(
        folder / TRIAL, trial | {"pruner": settings.pruner, "min_epochs": settings.min_epochs}
    )


def pruning_rule(folder: Path) -> PruningRule:
    """Load the rule that stops the job in `folder`; a job that was not marked is never stopped.

    What is reported is the metric that the search compares trials by, so that those which were
    stopped and those which were not are on one scale.
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
        if trained not in reported:  # else the epoch was trained again, to the same end
            trial.report(epoch[metric], step=trained)
        if not trial.should_prune():
            return None
        return f"after epoch {trained}: {metric} {epoch[metric]:.4f} is behind the others"

    return judge
