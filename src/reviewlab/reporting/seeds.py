"""Arrange runs by configuration and seed, as the statistics need them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from reviewlab.reporting.rows import Row
from reviewlab.reporting.statistics import Table


def group_by_configuration(rows: Sequence[Row]) -> list[list[Row]]:
    """Group runs by configuration; of runs with the same seed, keep the one that ended last."""
    groups: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.ended, str(row.folder))):
        groups[row.configuration_id][row.seed] = row
    return [[group[seed] for seed in sorted(group, key=_natural)] for group in groups.values()]


def seed_table(groups: Sequence[Sequence[Row]]) -> Table:
    """Return the runs' values, float64 `[configurations, seeds]`; a missing run's value is NaN."""
    seeds = {seed: i for i, seed in enumerate(sorted({r.seed for g in groups for r in g}))}
    table = np.full((len(groups), len(seeds)), np.nan)
    for number, group in enumerate(groups):
        for row in group:
            table[number, seeds[row.seed]] = row.value
    return table


def ignores_seed(group: Sequence[Row]) -> bool:
    """Return True if a configuration has several runs and all of them gave the same result.

    A linear model that is fitted on all reviews at once uses no random numbers, so its second seed
    repeats the first. All metrics are compared, since a metric that counts reviews, such as the
    accuracy, may well be the same for two networks.
    """
    first, *others = group
    return bool(others) and all(
        row.value == first.value and row.best == first.best for row in others
    )


def _natural(seed: str) -> tuple[int, str]:
    return (int(seed), "") if seed.isdigit() else (0, seed)
