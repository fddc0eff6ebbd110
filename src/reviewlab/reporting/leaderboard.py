"""The leaderboard: one line for each configuration, best first, each compared with the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean

from reviewlab.reporting.confirmation import confirmed_first
from reviewlab.reporting.datasets import split_by_data
from reviewlab.reporting.effects import Effect, main_effects
from reviewlab.reporting.line import Group, Line, make_line
from reviewlab.reporting.metric_table import metric_span
from reviewlab.reporting.plan import NO_PLAN, Plan
from reviewlab.reporting.prospects import prospects
from reviewlab.reporting.race import Standing, ended_runs, stand
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.seeds import group_by_configuration, group_unfinished, seed_table
from reviewlab.reporting.step_down import PairTests
from reviewlab.reporting.variance import Variance, analyse_variance
from reviewlab.reporting.varied import varied
from reviewlab.reporting.verdicts import marks, race_marks


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
        left_out: configurations that take no part, since runs of theirs are missing.
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
    left_out: Sequence[Group] = ()

    @property
    def rows(self) -> list[Row]:
        """The runs of all lines, with the trials that they confirm."""
        return [row for line in self.lines for row in line.all_rows]

    @property
    def unit(self) -> str:
        """The word for a row's repetitions: `run` in a cross-validation, else `seed`."""
        return "seed" if self.folds is None else "run"

    @property
    def is_share(self) -> bool:
        """True if the metric is known to lie between 0 and 1, and all its values do."""
        values = (row.value for row in self.rows if row.value is not None)
        return metric_span(self.metric, values) is not None

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


@confirmed_first
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
    groups = _group(measured, others)
    race = None
    if plan.race is not None:
        runs, unfinished = [one.rows for one in groups], [one.unfinished for one in groups]
        race = stand(ended_runs(runs, unfinished, others), plan, mode)
    places = _places(groups, mode, {} if race is None else race.out)
    left_out = [i for i in places if plan.incomplete == "refuse" and groups[i].lost]
    places = [i for i in places if i not in left_out]
    ranked = [groups[i] for i in places]
    table = seed_table([one.rows for one in ranked], [one.unfinished for one in ranked], plan.seeds)
    tests = PairTests(table)
    found = marks(tests, plan.margin) if race is None else race_marks(race, places, plan.margin)
    undecided = [mark.verdict == "undecided" for mark in found]
    outlook = prospects(tests, undecided, mode, plan.margin, race)
    settings = [one.settings for one in ranked]
    span = metric_span(metric, (row.value for row in measured if row.value is not None))
    keys = list(settings[0]) if settings else []
    return Leaderboard(
        metric,
        mode,
        keys,
        [make_line(*parts, metric, span) for parts in zip(ranked, found, outlook, strict=True)],
        others,
        main_effects(keys, settings, table, mode, span),
        plan=table.plan,
        folds=min((row.fold[1] for row in measured if row.fold is not None), default=None),
        margin=plan.margin,
        race=race,
        variance=analyse_variance(keys, settings, table.values, mode),
        left_out=[groups[i] for i in left_out],
    )


def _group(measured: Sequence[Row], others: Sequence[Row]) -> list[Group]:
    """Group the runs by configuration; only configurations with a value are returned."""
    groups = group_by_configuration(measured)
    firsts = [group[0] for group in groups]
    return [*map(Group, groups, varied(firsts), group_unfinished(firsts, others))]


def _places(groups: Sequence[Group], mode: str, out: Mapping[int, int]) -> list[int]:
    """Return the indices of the groups, best first.

    Args:
        groups: the runs of each configuration.
        mode: `max` if larger values are better, else `min`.
        out: for the configurations that a race has dropped, the round. They come last: their means
            are over other seeds than those of the rest.
    """
    sign = -1 if mode == "max" else 1
    means = [mean(row.value for row in one.rows if row.value is not None) for one in groups]
    ids = [one.rows[0].configuration_id for one in groups]
    return sorted(
        range(len(groups)), key=lambda i: (i in out, -out.get(i, 0), sign * means[i], ids[i])
    )


def _last(others: Sequence[Row]) -> list[Row]:
    order = ["running", "preempted", "queued", "done", "pruned", "failed", "killed", "unreadable"]
    return sorted(others, key=lambda row: (order.index(row.state), row.folder.name))
