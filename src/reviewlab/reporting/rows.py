"""Read run folders into plain rows; an unreadable folder gives a row as well."""

import math
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from reviewlab.exceptions import InputError
from reviewlab.overrides import parse
from reviewlab.runs.files import UNREADABLE, read_json
from reviewlab.runs.folder import NGRAM_BASELINE, RunFolder
from reviewlab.runs.identity import (
    REPETITION,
    Config,
    Hyperparameter,
    fold_of,
    hyperparameters,
    repetition,
)
from reviewlab.runs.result import read_result
from reviewlab.runs.status import read_status


class Common(TypedDict):
    """The fields of a row that do not need the run's result."""

    settings: Mapping[str, Hyperparameter]
    seed: str
    fold: tuple[int, int] | None
    attempts: int
    ended: float


@dataclass(frozen=True)
class Row:
    """One run, as read from its folder or from a table of runs.

    Numbers that a table does not have, such as the epochs, are 0.

    Attributes:
        folder: the run's folder; for a run from a table, the table's path, a colon and the line.
        state: the state in `status.json`, or `unreadable`.
        reason: why there is no result, in one line; empty if there is one.
        attempts: how often the run was started.
        settings: the run's `hyperparameters` without its seeds.
        choices: the command line's choice for each node, such as `{"model": "lstm"}`.
        configuration_id: id of the configuration, the same for all its seeds.
        seed: the seed, which pairs runs of different configurations; two seeds if the batches have
            a seed of their own. In a cross-validation it also names the fold.
        fold: the fold of a cross-validation that was held out, and the number of folds; None
            without folds.
        data: fingerprint of the data.
        value: the metric's value at the best epoch; None if it is missing or not finite.
        best: all metrics of the best epoch.
        baseline: the metric's value if the commonest class is always predicted.
        ngram_baseline: the metric of a linear model on n-grams, if the sweep measured it.
        curve: pairs of an epoch number, from 1, and the metric's value in that epoch.
        epochs: number of epochs trained.
        parameters: number of the model's parameters.
        seconds: training time in seconds.
        ended: time at which the run ended, in seconds since 1970.
        flags: problems that were detected, such as `collapsed` and `diverged`.
        tested: the metric on the test split, if it was measured.
        test_uses: how often the run was measured on the test split.
    """

    folder: Path
    state: str
    reason: str = ""
    attempts: int = 0
    settings: Mapping[str, Hyperparameter] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    configuration_id: str = ""
    seed: str = ""
    fold: tuple[int, int] | None = None
    data: str = ""
    value: float | None = None
    best: Mapping[str, Any] = field(default_factory=dict)
    baseline: float | None = None
    ngram_baseline: float | None = None
    curve: tuple[tuple[int, float], ...] = ()
    epochs: int = 0
    parameters: int = 0
    seconds: float = 0.0
    ended: float = 0.0
    flags: tuple[str, ...] = ()
    tested: float | None = None
    test_uses: int = 0


def run_folders(folder: Path) -> Iterator[Path]:
    """Find the run folders in `folder`, at any depth; yield only `folder` if it is one itself."""
    if is_run(folder):
        yield folder
        return
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and not inner.is_symlink():
            yield from run_folders(inner)


def find_runs(folders: Sequence[Path]) -> list[Path]:
    """Find the run folders in several folders, in the order given and without duplicates.

    Raises:
        InputError: a folder does not exist or contains no runs.
    """
    runs: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            why = "is a file" if folder.exists() else "does not exist"
            raise InputError(f"folder: {str(folder)!r} {why}; allowed: a folder of runs")
        inner = list(run_folders(folder))
        if not inner:
            raise InputError(f"folder: {str(folder)!r} contains no runs")
        runs += [path.resolve() for path in inner]
    return list(dict.fromkeys(runs))


def is_run(folder: Path) -> bool:
    """Return True if a run began in `folder`, even if some of its files are lost."""
    return any((folder / name).is_file() for name in ("status.json", "result.json", "config.yaml"))


def read_row(folder: Path, metric: str) -> Row:
    """Read a run folder, whatever state it is in.

    Args:
        folder: the run's folder.
        metric: name of the metric to read into `Row.value`, such as `val/accuracy`.
    """
    try:
        status = read_status(folder) if folder.is_dir() else None
    except UNREADABLE as error:
        return Row(folder, "unreadable", f"unreadable: status.json: {_failure(error)}")
    if status is None:
        return Row(folder, "unreadable", "unreadable: the folder is gone")
    try:
        config = RunFolder(folder).read_config()
        common: Common = {
            "settings": _settings(config),
            "seed": repetition(config),
            "fold": fold_of(config),
            "attempts": status.attempts,
            "ended": status.ended or 0.0,
        }
    except UNREADABLE as error:
        return Row(folder, "unreadable", f"unreadable: config.yaml: {_failure(error)}")
    if status.state != "done":
        reason = status.reason
        return Row(folder, status.state, reason, choices=_provenance_choices(folder), **common)
    try:
        return _finished(folder, metric, read_result(folder), common)
    except UNREADABLE as error:
        return Row(folder, "unreadable", f"unreadable: result.json: {_failure(error)}", **common)


def _why_not(metric: str, best: Collection[str]) -> str:
    """Explain why a finished run has no value for a metric."""
    if metric in best:
        return f"{metric} is not finite at the best epoch"
    if metric.startswith("val/") and not any(name.startswith("val/") for name in best):
        return f"nothing was held out to measure {metric} on (data.validation)"
    return f"{metric} was not measured at the best epoch"


def _finished(folder: Path, metric: str, result: Mapping[str, Any], common: Common) -> Row:
    split, _, name = metric.partition("/")
    value = _finite(result["best"].get(metric))
    curve = [(epoch["epoch"] + 1, _finite(epoch.get(metric))) for epoch in result["curves"]]
    return Row(
        folder=folder,
        state="done",
        reason="" if value is not None else _why_not(metric, result["best"]),
        choices=_choices(result["overrides"]),
        configuration_id=str(result["configuration_id"]),
        data=str(result["data_fingerprint"]),
        value=value,
        best=_share_texts(result["best"]),
        baseline=_finite(result["majority_baseline"].get(split, {}).get(name)),
        ngram_baseline=_ngram_baseline(folder, metric),
        curve=tuple((epoch, value) for epoch, value in curve if value is not None),
        epochs=len(result["curves"]),
        parameters=int(result["parameters"]),
        seconds=float(result["seconds"]["train"]),
        flags=tuple(result["flags"]),
        tested=_finite(result.get("test", {}).get(f"test/{name}")),
        test_uses=int(result.get("test_uses", 0)),
        **common,
    )


def _ngram_baseline(folder: Path, metric: str) -> float | None:
    try:
        return _finite(read_json(folder / NGRAM_BASELINE).get(metric))
    except (*UNREADABLE, AttributeError):
        return None


def _settings(config: Config) -> dict[str, Hyperparameter]:
    flat = hyperparameters({k: v for k, v in config.items() if k != "sweep"})
    return _share_texts({k: v for k, v in flat.items() if k not in REPETITION})


def _provenance_choices(folder: Path) -> dict[str, str]:
    try:
        return _choices(read_json(folder / "provenance.json")["overrides"])
    except UNREADABLE:
        return {}


def _choices(overrides: Sequence[str]) -> dict[str, str]:
    parsed = map(parse, overrides)
    return _share_texts({one.key.replace("/", "."): one.value or "" for one in parsed})


def _share_texts(read: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy whose texts are the same objects in all rows, of which a sweep keeps thousands.

    The runs of a sweep have the same keys and, mostly, the same values.
    """
    return {
        sys.intern(key): sys.intern(value) if type(value) is str else value
        for key, value in read.items()
    }


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _failure(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return f"it cannot be read ({type(error).__name__})"
