"""Arrange runs by configuration and seed, as the statistics need them."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reviewlab.reporting.rows import Row
from reviewlab.reporting.statistics import Residual, Table, residual

OUTSTANDING = ("queued", "running", "preempted")
"""States of runs that may still get a value."""


@dataclass(frozen=True)
class SeedTable:
    """The metric's values by configuration and seed.

    Attributes:
        values: float64 `[configurations, seeds]`; NaN where there is no run with a value.
        fixed: bool `[configurations]`; True for rows whose seeds all gave the same result.
        planned: bool `[seeds]`; True for the seeds that were planned when the sweep began.
        complete: bool `[configurations]`; True if all planned runs of a row have ended.
        plan: number of planned seeds; None if no plan is known.
        overlap: added to 1/n in the variance of a mean over n runs: 1/(k - 1) if the runs are those
            of k folds, whose training reviews overlap; 0 without folds.
        contending: bool `[configurations]`; True for rows that are not known to be worse than the
            best, whose noise is pooled. None if nothing is known yet.
    """

    values: Table
    fixed: NDArray[np.bool_]
    planned: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    plan: int | None = None
    overlap: float = 0.0
    contending: NDArray[np.bool_] | None = None

    @property
    def in_contention(self) -> NDArray[np.bool_]:
        """`contending`, or all rows if nothing is known yet."""
        return np.ones(len(self.values), bool) if self.contending is None else self.contending

    @cached_property
    def noisy(self) -> NDArray[np.bool_]:
        """The rows that tell about the noise of comparisons: contending ones that are not fixed.

        If these are fewer than two, all rows that are not fixed.
        """
        varying = ~self.fixed & self.in_contention
        return varying if varying.sum() > 1 else ~self.fixed

    @cached_property
    def left(self) -> Residual:
        """The noise of a single run, pooled over the rows `noisy`."""
        return residual(self.values[self.noisy])

    def part(self, rows: NDArray[np.bool_]) -> "SeedTable":
        """Return the table of some rows alone.

        Args:
            rows: bool `[configurations]`.
        """
        return replace(
            self,
            values=self.values[rows],
            fixed=self.fixed[rows],
            complete=self.complete[rows],
            contending=None,
        )

    @cached_property
    def planned_part(self) -> "SeedTable":
        """The table of the planned seeds alone."""
        return replace(
            self, values=self.values[:, self.planned], planned=self.planned[self.planned]
        )


def seed_table(
    groups: Sequence[Sequence[Row]],
    unfinished: Sequence[Sequence[Row]] = (),
    planned: Sequence[str] = (),
) -> SeedTable:
    """Arrange the values of runs that are grouped by configuration.

    Args:
        groups: the runs with a value, by configuration.
        unfinished: the runs without a value, by configuration; empty if there are none.
        planned: the seeds that were planned when the sweep began. A single one is no plan: nothing
            can be claimed from it.
    """
    seeds = {seed: i for i, seed in enumerate(sorted({r.seed for g in groups for r in g}))}
    values = np.full((len(groups), len(seeds)), np.nan)
    fixed = [ignores_seed(group) for group in groups]
    for number, group in enumerate(groups):
        for row in group if fixed[number] else without_repeats(group):
            values[number, seeds[row.seed]] = row.value
    ended = [{row.seed for row in group} for group in groups]
    for found, rows in zip(ended, unfinished, strict=False):
        found |= {row.seed for row in rows if row.state not in OUTSTANDING}
    return SeedTable(
        values,
        np.array(fixed, bool),
        np.array([seed in planned for seed in seeds], bool),
        np.array([found.issuperset(planned) for found in ended], bool),
        len({*planned}) if len({*planned}) > 1 else None,
        max((overlap_of(group) for group in groups), default=0.0),
    )


def overlap_of(group: Sequence[Row]) -> float:
    """Return 1/(k - 1) for the runs of k folds, and 0 for runs without folds.

    Folds are tested on different reviews, but trained on mostly the same ones, so their mean is
    less certain than that of independent runs. 1/(k - 1) is the number of reviews in a fold per
    review trained on: the corrected resampled variance of Nadeau and Bengio (2003), Inference for
    the Generalization Error.
    """
    return max((overlap_of_folds(row.fold[1]) for row in group if row.fold), default=0.0)


def overlap_of_folds(folds: int | None) -> float:
    """Return the overlap of runs of so many folds; 0 without folds."""
    return 0.0 if folds is None else 1 / (folds - 1)


def group_by_configuration(rows: Sequence[Row]) -> list[list[Row]]:
    """Group runs by configuration; of runs with the same seed, keep the one that ended last."""
    groups: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.ended, str(row.folder))):
        groups[row.configuration_id][row.seed] = row
    return [[group[seed] for seed in sorted(group, key=_natural)] for group in groups.values()]


def group_unfinished(firsts: Sequence[Row], others: Sequence[Row]) -> list[list[Row]]:
    """Find each configuration's runs without a value.

    A run that has not finished has no configuration id, so its settings are compared.

    Args:
        firsts: one run of each configuration.
        others: all runs without a value.
    """
    unfinished: dict[str, list[Row]] = defaultdict(list)
    for row in others:
        if row.settings:
            unfinished[same_settings(row.settings)].append(row)
    return [unfinished[same_settings(row.settings)] for row in firsts]


def ignores_seed(group: Sequence[Row]) -> bool:
    """Return True if a configuration has several runs that all gave the same result."""
    return len(group) > 1 and len(without_repeats(group)) == 1


def without_repeats(group: Sequence[Row]) -> list[Row]:
    """Return the first run of each fold if the others repeat its result; otherwise all runs.

    A linear model that is fitted on all reviews at once uses no random numbers, so its second seed
    repeats the first. All metrics are compared, since a metric that counts reviews, such as the
    accuracy, may well be the same for two networks.
    """
    folds: dict[tuple[int, int] | None, list[Row]] = defaultdict(list)
    for row in group:
        folds[row.fold].append(row)
    repeats = all(
        row.value == first.value and row.best == first.best
        for first, *others in folds.values()
        for row in others
    )
    return [rows[0] for rows in folds.values()] if repeats else [*group]


def same_settings(settings: Mapping[str, object]) -> str:
    """Return a key that runs with the same settings share."""
    return repr(sorted(settings.items(), key=lambda item: item[0]))


def _natural(seed: str) -> tuple[list[int], str]:
    return [int(number) for number in re.findall(r"\d+", seed)], seed
