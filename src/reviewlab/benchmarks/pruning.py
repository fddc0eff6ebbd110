"""Replay a search that had no pruner, to see what a pruner would have saved and lost.

    python -m reviewlab.benchmarks.pruning outputs/sweeps/<name>

Each study replays the recorded trials one by one, in a different order, and stops each where the
pruner would have stopped it. Nothing is trained, so every study sees the same curves.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import optuna

from reviewlab.runs.result import read_result
from reviewlab.sweeps.study import pruner

METRIC = "val/accuracy"
STUDIES = 3


class Trial(NamedTuple):
    """A trial's metric: after each epoch, and at the epoch that the run's `monitor` selected."""

    curve: list[float]
    value: float


class Replay(NamedTuple):
    """The effect of a pruner.

    Args:
        saved: the share of all epochs that the pruner saved.
        regret: the gap between the best of all trials and the best that was not pruned.
    """

    saved: float
    regret: float


def read_trials(sweep: Path) -> list[Trial]:
    """Read the trials of a sweep that were trained to the end."""
    results = [read_result(path.parent) for path in sorted(sweep.glob("jobs/*/result.json"))]
    return [Trial([e[METRIC] for e in r["curves"]], r["best"][METRIC]) for r in results]


def replay(trials: Sequence[Trial], kind: str, min_epochs: int) -> Replay:
    """Replay trials in the given order with a pruner.

    Args:
        trials: the recorded trials.
        kind: name of the pruner.
        min_epochs: number of epochs before the pruner may stop a trial.
    """
    study = optuna.create_study(direction="maximize", pruner=pruner(kind, min_epochs))
    epochs, best = 0, 0.0
    for trial in trials:
        replayed = study.ask()
        for trained, value in enumerate(trial.curve, start=1):
            epochs += 1
            replayed.report(value, trained)
            if trained < len(trial.curve) and replayed.should_prune():
                study.tell(replayed, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(replayed, trial.value)
            best = max(best, trial.value)
    whole = sum(len(trial.curve) for trial in trials)
    return Replay(1 - epochs / whole, max(trial.value for trial in trials) - best)


def main(sweep: Path) -> None:
    """Print a line for each pruner and each minimum number of epochs."""
    trials = read_trials(sweep)
    best = max(trial.value for trial in trials)
    sys.stdout.write(f"{len(trials)} trials, best {METRIC} {best:.4f}; mean of {STUDIES} studies\n")
    for kind in ("median", "successive_halving"):
        for min_epochs in (1, 2):
            orders = [random.Random(seed).sample(trials, len(trials)) for seed in range(STUDIES)]  # noqa: S311
            replays = [replay(order, kind, min_epochs) for order in orders]
            saved = sum(one.saved for one in replays) / STUDIES
            regret = sum(one.regret for one in replays) / STUDIES
            each = ", ".join(f"{one.saved:.0%} {one.regret:.4f}" for one in replays)
            sys.stdout.write(
                f"{kind:<18} min_epochs={min_epochs}  saved {saved:.0%}  regret {regret:.4f}"
                f"  ({each})\n"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
