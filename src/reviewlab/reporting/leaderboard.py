"""The leaderboard: one line for each configuration, best first, each compared with the best."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

from reviewlab.reporting.datasets import split_by_data
from reviewlab.reporting.effects import Effect, main_effects
from reviewlab.reporting.equivalence import equal_to
from reviewlab.reporting.line import Line, Verdict, mean_bounds
from reviewlab.reporting.metric_table import metric_span
from reviewlab.reporting.plan import NO_PLAN, Plan
from reviewlab.reporting.race import Standing, ended_runs, stand
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.seeds import (
    SeedTable,
    group_by_configuration,
    group_unfinished,
    ignores_seed,
    seed_table,
)
from reviewlab.reporting.sequential import against
from reviewlab.reporting.statistics import LEVEL
from reviewlab.reporting.variance import Variance, analyse_variance
from reviewlab.reporting.varied import Settings, varied


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
        variance: the analysis of variance; None unless the runs are a full grid of several keys.
        parts: maps each data set's name to its leaderboard; empty if all runs used the same data.
            With `parts`, `lines` and `effects` are empty: results on different data cannot be
            compared.
        plan: number of seeds that were planned when the sweep began; None if that is unknown. In a
            cross-validation, each pair of a seed and a fold counts.
        folds: number of folds of the cross-validation, the smallest if runs have different numbers;
            None without folds.
        margin: the largest difference that counts as equal; None if equality is never claimed.
        race: the standing of the race; None if the runs are not those of a race.
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
    margin: float | None = None
    race: Standing | None = None
    variance: Variance | None = None

    @property
    def rows(self) -> list[Row]:
        """The runs of all lines."""
        return [row for line in self.lines for row in line.rows]

    @property
    def unit(self) -> str:
        """The word for a row's repetitions: `run` in a cross-validation, else `seed`."""
        return "seed" if self.folds is None else "run"

    @property
    def tables(self) -> Mapping[str, "Leaderboard"]:
        """Map of each data set's name to its leaderboard; a single data set has an empty name."""
        return self.parts or {"": self}


def read_leaderboard(
    folders: Sequence[Path], metric: str, mode: str, plan: Plan = NO_PLAN
) -> Leaderboard:
    """Read run folders, whatever state they are in, and build their leaderboard.

    Args:
        folders: run folders.
        metric: name of the metric to rank by, such as `val/accuracy`.
        mode: `max` if larger values are better, else `min`.
        plan: the statistical plan of the comparison.
    """
    rows = [read_row(folder, metric) for folder in folders]
    return build_leaderboard(rows, metric, mode, plan)


def build_leaderboard(
    rows: Sequence[Row], metric: str, mode: str, plan: Plan = NO_PLAN
) -> Leaderboard:
    """Build the leaderboard of runs that have already been read.

    Args:
        rows: the runs, one row each.
        metric: name of the metric in `Row.value`.
        mode: `max` if larger values are better, else `min`.
        plan: the statistical plan of the comparison.
    """
    measured = [row for row in rows if row.value is not None]
    others = _last([row for row in rows if row.value is None])
    by_data = split_by_data(measured)
    if len(by_data) < 2:
        return _comparable(measured, others, metric, mode, plan)
    parts = {
        name: replace(_comparable(group, others, metric, mode, plan), others=())
        for name, group in by_data.items()
    }
    return Leaderboard(metric, mode, (), (), others, (), parts, margin=plan.margin)


def _comparable(
    measured: Sequence[Row], others: Sequence[Row], metric: str, mode: str, plan: Plan
) -> Leaderboard:
    """Build the leaderboard of runs that all used the same data.

    Args:
        measured: runs with a value.
        others: runs without a value, counted as unfinished runs of their configurations.
        metric: name of the metric that the values belong to.
        mode: `max` if larger values are better, else `min`.
        plan: the statistical plan of the comparison.
    """
    groups = group_by_configuration(measured)
    unfinished = group_unfinished([group[0] for group in groups], others)
    race = None
    if plan.race is not None:
        race = stand(ended_runs(groups, unfinished, others), plan, mode)
    order = _order(groups, mode, {} if race is None else race.out)
    settings = varied([group[0] for group in groups])
    groups, unfinished = [groups[i] for i in order], [unfinished[i] for i in order]
    settings = [settings[i] for i in order]
    table, span = seed_table(groups, unfinished, plan.seeds), metric_span(metric)
    marks = _marks(table, plan.margin) if race is None else _race_marks(race, order, plan.margin)
    lines = [
        _line(*line, span)
        for line in zip(groups, settings, marks, map(len, unfinished), strict=True)
    ]
    keys = list(settings[0]) if settings else []
    effects = main_effects(keys, settings, table, mode, span)
    folds = min((row.fold[1] for row in measured if row.fold is not None), default=None)
    board = Leaderboard(metric, mode, keys, lines, others, effects)
    board = replace(board, variance=analyse_variance(keys, settings, table.values, mode))
    return replace(board, plan=table.plan, folds=folds, margin=plan.margin, race=race)


def _order(groups: Sequence[Sequence[Row]], mode: str, out: Mapping[int, int]) -> list[int]:
    """Return the indices of the groups, best first.

    Args:
        groups: the runs of each configuration.
        mode: `max` if larger values are better, else `min`.
        out: for the configurations that a race has dropped, the round. They come last: their means
            are over other seeds than those of the rest.
    """
    sign = -1 if mode == "max" else 1
    means = [mean(row.value for row in group if row.value is not None) for group in groups]
    ids = [group[0].configuration_id for group in groups]
    return sorted(
        range(len(groups)), key=lambda i: (i in out, -out.get(i, 0), sign * means[i], ids[i])
    )


class _Mark(NamedTuple):
    """A row's comparison with the best, with the fields of `Line`."""

    verdict: Verdict
    p: float | None = None
    p_equal: float | None = None
    dropped: int | None = None


def _marks(table: SeedTable, margin: float | None) -> list[_Mark]:
    """Compare each row with the first one, which is the best."""
    if not len(table.values):
        return []
    worse = against(table, 0)[1:]
    equal = [math.nan] * len(worse) if margin is None else equal_to(table, 0, margin)[1:]
    return [_Mark("best"), *map(_mark, map(float, worse), map(float, equal))]


def _race_marks(race: Standing, order: Sequence[int], margin: float | None) -> list[_Mark]:
    """Compare each row of a race with the best one.

    Args:
        race: the standing of the race.
        order: for each row, its index in the race; the best is the first.
        margin: the margin of equality.
    """
    if not order:
        return []
    best, others = order[0], order[1:]
    worse, equal = race.worse_p(best), race.equal_p(best, margin)
    marks = [_Mark("best"), *(_mark(float(worse[i]), float(equal[i])) for i in others)]
    rounds = map(race.out.get, order)
    return [mark._replace(dropped=last) for mark, last in zip(marks, rounds, strict=True)]


def _mark(p: float, p_equal: float) -> _Mark:
    """Decide between equal, worse and neither; a difference within the margin is no matter."""
    if not math.isfinite(p):
        return _Mark("unknown")
    verdict: Verdict = "worse" if p < LEVEL else "undecided"
    if not math.isfinite(p_equal):
        return _Mark(verdict, p)
    return _Mark("equal" if p_equal < LEVEL else verdict, p, p_equal)


def _line(
    group: Sequence[Row], settings: Settings, mark: _Mark, missing: int, span: float | None
) -> Line:
    """Return the line of one configuration.

    Args:
        group: the configuration's runs with a value.
        settings: the value of every key that varies.
        mark: the comparison with the best.
        missing: number of the configuration's runs without a value.
        span: largest minus smallest possible value of the metric; None if it is unbounded.
    """
    values = [row.value for row in group if row.value is not None]
    return Line(
        configuration_id=group[0].configuration_id,
        settings=settings,
        rows=group,
        mean=mean(values),
        deviation=stdev(values) if len(values) > 1 else None,
        bounds=None if ignores_seed(group) else mean_bounds(group, span),
        verdict=mark.verdict,
        p=mark.p,
        p_equal=mark.p_equal,
        unfinished=missing,
        dropped=mark.dropped,
    )


def _last(others: Sequence[Row]) -> list[Row]:
    order = ["running", "preempted", "queued", "done", "pruned", "failed", "killed", "unreadable"]
    return sorted(others, key=lambda row: (order.index(row.state), row.folder.name))
