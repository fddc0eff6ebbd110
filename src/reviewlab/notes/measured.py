"""Read the results of our runs of the notes' experiments."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from reviewlab.reporting.rows import Row, read_row
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result

GATES = {"RNNClassifier": 1, "LSTMClassifier": 4}
"""Gates of the cells that have one bias vector per gate in Keras but two in torch.

A GRU has two in both.
"""


@dataclass(frozen=True)
class Run:
    """One finished run.

    Attributes:
        folder: the run folder.
        seed: the seed of the run.
        metrics: the last epoch's metrics, and `test/*` if measured.
        curves: the metrics of each epoch.
        seconds: training time.
        parameters: number of parameters as torch counts them.
        keras_parameters: number of parameters as Keras would count them.
        flags: `collapsed` and `diverged`, if they apply.
        commonest: the share of the commonest class among the training reviews.
        loss: name of the objective's class.
    """

    folder: Path
    seed: int
    metrics: Mapping[str, float]
    curves: Sequence[Mapping[str, float]]
    seconds: float
    parameters: int
    keras_parameters: int
    flags: Sequence[str]
    commonest: float
    loss: str


@dataclass(frozen=True)
class Measured:
    """The runs of one experiment, which differ in their seeds.

    Attributes:
        experiment: name of the experiment.
        runs: the finished runs, ordered by seed.
        failed: the leaderboard rows of runs without a result.
    """

    experiment: str
    runs: Sequence[Run]
    failed: Sequence[Row]

    def values(self, metric: str) -> list[float]:
        """Return the metric's value for each run that measured it."""
        return [run.metrics[metric] for run in self.runs if metric in run.metrics]

    def mean(self, metric: str) -> float | None:
        """Average a metric over the seeds; None if no run measured it."""
        values = self.values(metric)
        return mean(values) if values else None

    def spread(self, metric: str) -> float | None:
        """Return the standard deviation of a metric over the seeds; None for fewer than two."""
        values = self.values(metric)
        return stdev(values) if len(values) > 1 else None

    @property
    def seconds(self) -> float:
        """The mean training time of a run."""
        return mean(run.seconds for run in self.runs)

    @property
    def epochs(self) -> float:
        """The mean number of epochs of a run."""
        return mean(len(run.curves) for run in self.runs)


def read_measured(folders: Iterable[Path]) -> dict[str, Measured]:
    """Read run folders and group them by experiment; runs without an experiment are skipped."""
    runs: dict[str, list[Run]] = defaultdict(list)
    failed: dict[str, list[Row]] = defaultdict(list)
    for folder in folders:
        row = read_row(folder, "train/loss")
        experiment = row.choices.get("experiment")
        if experiment is None:
            continue
        if row.state == "done":
            runs[experiment].append(_read_run(folder))
        else:
            failed[experiment].append(row)
    names = {*runs, *failed}
    return {
        name: Measured(name, sorted(runs[name], key=lambda run: run.seed), failed[name])
        for name in sorted(names)
    }


def keras_parameters(config: Mapping[str, Any], parameters: int) -> int:
    """Return how many parameters Keras counts in a network that has `parameters` in torch."""
    model = config["model"]
    gates = GATES.get(model["_target_"].rpartition(".")[2], 0)
    if not gates:
        return parameters
    directions = 2 if model["bidirectional"] else 1
    second_bias: int = gates * model["hidden_size"] * model["num_layers"] * directions
    return parameters - second_bias


def _read_run(folder: Path) -> Run:
    result, config = read_result(folder), RunFolder(folder).read_config()
    return Run(
        folder=folder,
        seed=config["seed"],
        metrics={**result["last"], **result.get("test", {})},
        curves=result["curves"],
        seconds=result["seconds"]["train"],
        parameters=result["parameters"],
        keras_parameters=keras_parameters(config, result["parameters"]),
        flags=result["flags"],
        commonest=result["majority_baseline"]["train"]["accuracy"],
        loss=config["loss"]["_target_"].rpartition(".")[2],
    )
