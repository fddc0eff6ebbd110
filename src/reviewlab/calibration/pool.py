"""A pool of runs: one configuration with many seeds, and perhaps several folds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reviewlab.exceptions import InputError
from reviewlab.reporting.rows import Row, find_runs, read_row
from reviewlab.reporting.seeds import group_by_configuration, overlap_of
from reviewlab.reporting.statistics import Table


@dataclass(frozen=True)
class Pool:
    """The metric's values of one configuration.

    Attributes:
        values: float64 `[seeds, folds]`; a single column without folds.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """

    values: Table
    overlap: float

    @property
    def seeds(self) -> int:
        """Number of seeds."""
        return len(self.values)

    @property
    def folds(self) -> int:
        """Number of folds; 1 without folds."""
        return int(self.values.shape[1])


def read_pool(folders: Sequence[Path], metric: str) -> Pool:
    """Read the runs of one configuration.

    Args:
        folders: run folders, or folders that contain them.
        metric: name of the metric, such as `val/accuracy`.

    Raises:
        InputError: the runs are of several configurations, or do not cover every seed and fold.
    """
    groups = _read_groups(folders, metric)
    if len(groups) > 1:
        raise InputError(
            f"folder: has {len(groups)} configurations; allowed: runs that differ in the seed and"
            " the fold alone (--page checks many configurations)"
        )
    return _pool(groups[0])


def read_pools(folders: Sequence[Path], metric: str) -> list[Pool]:
    """Read the runs of several configurations; their numbers of seeds may differ.

    Args:
        folders: run folders, or folders that contain them.
        metric: name of the metric, such as `val/accuracy`.

    Raises:
        InputError: no run has measured the metric, or a seed lacks a fold.
    """
    return [_pool(group) for group in _read_groups(folders, metric)]


def _read_groups(folders: Sequence[Path], metric: str) -> list[list[Row]]:
    """Read the runs that have a value, by configuration."""
    rows = [read_row(folder, metric) for folder in find_runs(folders)]
    groups = group_by_configuration([row for row in rows if row.value is not None])
    if not groups:
        raise InputError(f"folder: no run has measured {metric}; give a finished sweep")
    return groups


def _pool(group: Sequence[Row]) -> Pool:
    seeds, folds = sorted({_seed(row) for row in group}), sorted({_fold(row) for row in group})
    values = np.full((len(seeds), len(folds)), np.nan)
    for row in group:
        values[seeds.index(_seed(row)), folds.index(_fold(row))] = row.value
    if np.isnan(values).any():
        seed, fold = (int(i) for i in np.argwhere(np.isnan(values))[0])
        raise InputError(
            f"folder: seed {seeds[seed]} has no run on fold {folds[fold]}; allowed: runs of each"
            " seed on each fold"
        )
    return Pool(values, overlap_of(group))


def _seed(row: Row) -> str:
    return row.seed.partition(",")[0]


def _fold(row: Row) -> int:
    return 0 if row.fold is None else row.fold[0]
