"""A trial's own process asks whether to go on: it reads and writes the journal of the search."""

from collections.abc import Callable, Mapping
from pathlib import Path

import optuna

from reviewlab.runs.files import read_json, write_json
from reviewlab.sweeps.search_settings import SearchSettings
from reviewlab.sweeps.study import JOURNAL, NAME, open_storage, pruner, trial_again

TRIAL = "trial.json"

Verdict = Callable[[Mapping[str, float]], str | None]
"""Hears the metrics of an epoch; why the trial is to stop, or None."""


def mark(folder: Path, number: int, metric: str, settings: SearchSettings) -> None:
    """Let the job in `folder` know which trial it is, or that nobody stops it."""
    if settings.pruner is None:
        (folder / TRIAL).unlink(missing_ok=True)
        return
    known = {"trial": number, "metric": metric}
    write_json(
        folder / TRIAL, known | {"pruner": settings.pruner, "min_epochs": settings.min_epochs}
    )


def verdict(folder: Path) -> Verdict:
    """Who judges the job in `folder`; it is never stopped where it was not marked.

    What is reported is the metric that the search compares trials by, so that those which were
    stopped and those which were not are on one scale.
    """
    if not (folder / TRIAL).exists():
        return lambda epoch: None
    known = read_json(folder / TRIAL)
    metric, number = known["metric"], known["trial"]
    storage = open_storage(folder.parents[1] / JOURNAL)
    study = optuna.load_study(
        study_name=NAME,
        storage=storage,
        sampler=optuna.samplers.RandomSampler(),
        pruner=pruner(known["pruner"], known["min_epochs"]),
    )

    def judge(epoch: Mapping[str, float]) -> str | None:
        if metric not in epoch:
            return None
        trial = trial_again(study, storage, number)
        trained = int(epoch["epoch"]) + 1
        before = study.get_trials(deepcopy=False)[number].intermediate_values
        if trained not in before:  # else the epoch was trained again, to the same end
            trial.report(epoch[metric], step=trained)
        if not trial.should_prune():
            return None
        return f"after epoch {trained}: {metric} {epoch[metric]:.4f} is behind the others"

    return judge
