"""The leaderboard: one line for each configuration, best first, each compared with the best."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, stdev
from typing import Literal

from reviewlab.reporting.datasets import split_by_data
from reviewlab.reporting.effects import Effect, main_effects
from reviewlab.reporting.metric_table import metric_span
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.seeds import (
    group_by_configuration,
    group_unfinished,
    ignores_seed,
    overlap_of,
    seed_table,
    without_repeats,
)
from reviewlab.reporting.sequential import against
from reviewlab.reporting.statistics import LEVEL, interval
from reviewlab.reporting.varied import Settings, varied

Standing = Literal["best", "same", "worse", "unknown"]
"""same: not distinguishable from the best; unknown: the seeds are too few, or change nothing."""


@dataclass(frozen=True)
class Line:
    """The results of one configuration over all its seeds.

    Attributes:
        configuration_id: the configuration's id.
        settings: the value of every key that varies, as typed on a command line.
        rows: the configuration's runs, one per seed, or per seed and fold.
        mean: mean of the metric over the seeds.
        deviation: standard deviation of the metric; None for one seed.
        bounds: 95 % interval of the mean, for a number of seeds decided beforehand; None if there
            is only one seed, all seeds gave the same result, or the interval is wider than the
            metric's range.
        verdict: result of the comparison with the best configuration.
        p: adjusted p value of that comparison, valid at any number of seeds; None if nothing can
            be claimed.
        unfinished: number of runs of this configuration without a value.
    """

    configuration_id: str
    settings: Settings
    rows: Sequence[Row]
    mean: float
    deviation: float | None
    bounds: tuple[float, float] | None
    verdict: Standing
    p: float | None
    unfinished: int

    @property
    def ignores_seed(self) -> bool:
        """True if every seed gave the same result, as if nothing were random."""
        return ignores_seed(self.rows)

    @property
    def n(self) -> int:
        """Number of runs: of seeds, or in a cross-validation of pairs of a seed and a fold."""
        return len(self.rows)

    @property
    def parameters(self) -> int:
        """Number of the model's parameters."""
        return self.rows[0].parameters

    @property
    def seconds(self) -> float:
        """Mean training time of a run, in seconds."""
        return sum(row.seconds for row in self.rows) / self.n

    @property
    def epochs(self) -> float:
        """Mean number of epochs of a run."""
        return sum(row.epochs for row in self.rows) / self.n

    @property
    def attempts(self) -> int:
        """Total number of attempts over all runs."""
        return sum(row.attempts for row in self.rows)

    @property
    def baseline(self) -> float | None:
        """The metric's value if the commonest class is always predicted."""
        return self.rows[0].baseline

    @property
    def flags(self) -> dict[str, int]:
        """Number of runs with each flag."""
        names = dict.fromkeys(flag for row in self.rows for flag in row.flags)
        return {name: sum(name in row.flags for row in self.rows) for name in names}


@dataclass(frozen=True)
class Leaderboard:
    """The configurations of some runs, compared.

    Attributes:
        metric: name of the metric that ranks the configurations.
        mode: `max` if larger values are better, else `min`.
        keys: the settings that vary.
        lines: the configurations, best first; equally good ones are sorted by id.
        others: runs without a value of the metric; each row gives the reason.
        effects: the main effect of each key.
        parts: maps each data set's name to its leaderboard; empty if all runs used the same data.
            With `parts`, `lines` and `effects` are empty: results on different data cannot be
            compared.
        plan: number of seeds that were planned when the sweep began; None if that is unknown. In a
            cross-validation, each pair of a seed and a fold counts.
        folds: number of folds of the cross-validation, the smallest if runs have different numbers;
            None without folds.
    """

    metric: str
    mode: str
    keys: Sequence[str]
    lines: Sequence[Line]
    others: Sequence[Row]
    effects: Sequence[Effect]
    parts: Mapping[str, "Leaderboard"] = field(default_factory=dict)
    plan: int | None = None
    folds: int | None = None

    @property
    def rows(self) -> list[Row]:
        """The runs of all lines."""
        return [row for line in self.lines for row in line.rows]

    @property
    def tables(self) -> Mapping[str, "Leaderboard"]:
        """Map of each data set's name to its leaderboard; a single data set has an empty name."""
        return self.parts or {"": self}


def read_leaderboard(
    folders: Sequence[Path], metric: str, mode: str, planned: Sequence[str] = ()
) -> Leaderboard:
    """Read run folders, whatever state they are in, and build their leaderboard.

    Args:
        folders: run folders.
        metric: name of the metric to rank by, such as `val/accuracy`.
        mode: `max` if larger values are better, else `min`.
        planned: the seeds that were planned when the sweep began; empty if that is unknown.
    """
    rows = [read_row(folder, metric) for folder in folders]
    return build_leaderboard(rows, metric, mode, planned)


def build_leaderboard(
    rows: Sequence[Row], metric: str, mode: str, planned: Sequence[str] = ()
) -> Leaderboard:
    """Build the leaderboard of runs that have already been read.

    Args:
        rows: the runs, one row each.
        metric: name of the metric in `Row.value`.
        mode: `max` if larger values are better, else `min`.
        planned: the seeds that were planned when the sweep began; empty if that is unknown.
    """
    measured = [row for row in rows if row.value is not None]
    others = _last([row for row in rows if row.value is None])
    by_data = split_by_data(measured)
    if len(by_data) < 2:
        return _comparable(measured, others, metric, mode, planned)
    parts = {
        name: replace(_comparable(group, others, metric, mode, planned), others=())
        for name, group in by_data.items()
    }
    return Leaderboard(metric, mode, (), (), others, (), parts)


def _comparable(
    measured: Sequence[Row], others: Sequence[Row], metric: str, mode: str, planned: Sequence[str]
) -> Leaderboard:
    """Build the leaderboard of runs that all used the same data.

    Args:
        measured: runs with a value.
        others: runs without a value, counted as unfinished runs of their configurations.
        metric: name of the metric that the values belong to.
        mode: `max` if larger values are better, else `min`.
        planned: the seeds that were planned when the sweep began.
    """
    groups, settings = _ranked(group_by_configuration(measured), mode)
    unfinished = group_unfinished([group[0] for group in groups], others)
    table, span = seed_table(groups, unfinished, planned), metric_span(metric)
    p = against(table, 0) if groups else ()
    lines = [
        _line(group, settings[place], float(p[place]), place, len(unfinished[place]), span)
        for place, group in enumerate(groups)
    ]
    keys = list(settings[0]) if settings else []
    effects = main_effects(keys, settings, table, mode, span)
    folds = min((row.fold[1] for row in measured if row.fold is not None), default=None)
    return Leaderboard(metric, mode, keys, lines, others, effects, plan=table.plan, folds=folds)


def _ranked(groups: Sequence[list[Row]], mode: str) -> tuple[list[list[Row]], list[Settings]]:
    """Return the groups, best first, and the settings that vary in the same order."""
    settings, sign = varied([group[0] for group in groups]), -1 if mode == "max" else 1
    means = [mean(row.value for row in group if row.value is not None) for group in groups]
    order = sorted(
        range(len(groups)), key=lambda i: (sign * means[i], groups[i][0].configuration_id)
    )
    return [groups[i] for i in order], [settings[i] for i in order]


def _line(
    group: Sequence[Row], settings: Settings, p: float, place: int, missing: int, span: float | None
) -> Line:
    values = [row.value for row in group if row.value is not None]
    is_tested = math.isfinite(p)
    verdict: Standing = "unknown"
    if place == 0:
        verdict = "best"
    elif is_tested:
        verdict = "worse" if p < LEVEL else "same"
    return Line(
        configuration_id=group[0].configuration_id,
        settings=settings,
        rows=group,
        mean=mean(values),
        deviation=stdev(values) if len(values) > 1 else None,
        bounds=None if ignores_seed(group) else _bounds(group, span),
        verdict=verdict,
        p=p if is_tested else None,
        unfinished=missing,
    )


def _bounds(group: Sequence[Row], span: float | None) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean; None if it is wider than the metric's range."""
    values = [row.value for row in without_repeats(group) if row.value is not None]
    bounds = interval(values, overlap_of(group))
    is_wide = bounds is not None and span is not None and bounds[1] - bounds[0] > span
    return None if is_wide else bounds


def _last(others: Sequence[Row]) -> list[Row]:
    order = ["running", "preempted", "queued", "done", "pruned", "failed", "killed", "unreadable"]
    return sorted(others, key=lambda row: (order.index(row.state), row.folder.name))
