"""Noise and intervals, as explained in `docs/explanation/leaderboard.md`.

`scipy.special` has the same distributions as `scipy.stats`, but takes a second less to import.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Table = NDArray[np.float64]
"""float64 `[configurations, seeds]`; NaN where there is no such run."""

LEVEL = 0.05
"""The error rate allowed for claims and for intervals."""

STUDENT = 0.97
"""Student's level for the 95 % interval of a mean, since trainings are not normally distributed.

On real trainings, Student's 95 % interval over 3 to 5 seeds contains the mean in 91 %, and that of
97 % in 93 to 94 %; for normal noise it is 97 % (`docs/explanation/calibration.md`).
"""


@dataclass(frozen=True)
class Residual:
    """The noise that remains after the effects of configurations and seeds.

    Attributes:
        variance: variance of a single run's value; NaN without degrees of freedom.
        degrees_of_freedom: degrees of freedom of that variance.
    """

    variance: float
    degrees_of_freedom: int


def residual(table: Table) -> Residual:
    """Fit the additive model value = configuration + seed by least squares; return its residual.

    Cells may be missing. The degrees of freedom are the number of cells less the rank of the
    design: (C - 1)(S - 1) for a full table (Montgomery, Design and Analysis of Experiments,
    randomized complete block design).
    """
    rows, columns = np.nonzero(np.isfinite(table))
    values = table[rows, columns]
    is_full = 0 < len(values) == table.size
    rank = sum(table.shape) - 1 if is_full else _rank(rows, columns, table.shape)
    freedom = len(values) - rank
    if freedom <= 0:
        return Residual(np.nan, 0)
    if is_full:  # then the effects are differences of means, and no system has to be solved
        left = (table - table.mean(0) - table.mean(1, keepdims=True) + table.mean()).ravel()
    else:
        left = _without_effects(rows, columns, values, table.shape)
    noise = 8 * np.finfo(float).eps * max(1e-300, float(np.abs(values).max()))
    variance = float(left @ left) / freedom
    return Residual(variance if variance > noise**2 else 0.0, freedom)


def interval(values: Sequence[float], overlap: float = 0.0) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean of `values`; None for fewer than two values.

    It is Student's t interval at the level `STUDENT`.

    Args:
        values: the values of runs.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """
    n = len(values)
    if n < 2:
        return None
    error = stdev(values) * math.sqrt(1 / n + overlap)
    half = float(stdtrit(n - 1, (1 + STUDENT) / 2)) * error
    middle = mean(values)
    return middle - half, middle + half


def independent_runs(runs: Table, overlap: float) -> Table:
    """Return how many independent runs have a mean as certain as that of runs which overlap.

    The variance of a mean over n runs is `1/n + overlap` times that of a single run.

    Args:
        runs: numbers of runs.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """
    return runs / (1 + runs * overlap)


def paired_interval(
    differences: NDArray[np.float64], groups: NDArray[np.int64] | None = None
) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean difference of two classifiers on the same reviews.

    It is Student's t interval over groups, since errors within a group (a film, a text) are
    correlated. The variance is computed from the groups' sums of residuals; without groups, it is
    the usual one (Cameron and Miller 2015, A Practitioner's Guide to Cluster-Robust Inference).

    Args:
        differences: float64 `[reviews]`, the first classifier's value minus the second's.
        groups: int64 `[reviews]`, each review's group; None if each review is its own group.

    Returns:
        Lower and upper end of the interval; None for fewer than two groups.
    """
    n, middle = len(differences), float(differences.mean())
    numbers = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(numbers, differences - middle)
    count = len(sums)
    if count < 2:
        return None
    error = math.sqrt(count / (count - 1) * float(sums @ sums)) / n
    half = float(stdtrit(count - 1, 1 - LEVEL / 2)) * error
    return middle - half, middle + half


def wilson(count: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of the share `count / n`; from 0 to 1 if `n` is 0.

    It is Wilson's score interval (1927). Unlike the normal interval, it has the right coverage for
    small n and for shares near 0 and 1, and stays within 0 and 1 (Brown, Cai and DasGupta 2001).
    """
    if n == 0:
        return 0.0, 1.0
    z = float(ndtri(1 - LEVEL / 2))
    share, weight = count / n, z * z / n
    middle = share + weight / 2
    half = float(np.sqrt(weight * (share * (1 - share) + weight / 4)))
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))


def _without_effects(
    rows: NDArray[np.intp], columns: NDArray[np.intp], values: Table, shape: tuple[int, ...]
) -> Table:
    """Subtract the effects of configurations and seeds from `values`; return the residuals.

    The configurations are eliminated first, so that only a `[S, S]` system is solved: with
    thousands of configurations and few seeds, the full design matrix would be huge.

    Args:
        rows: int `[cells]`, index of each cell's configuration.
        columns: int `[cells]`, index of each cell's seed.
        values: each cell's value, float64 `[cells]`.
        shape: shape of the table.
    """
    there = np.zeros(shape)
    there[rows, columns] = 1.0
    filled = np.zeros(shape)
    filled[rows, columns] = values - values.mean()
    per_row = np.maximum(there.sum(1, keepdims=True), 1.0)
    system = np.diag(there.sum(0)) - there.T @ (there / per_row)
    right = filled.sum(0) - there.T @ (filled.sum(1, keepdims=True) / per_row)[:, 0]
    seeds = np.linalg.lstsq(system, right, rcond=None)[0]
    within = (filled - seeds) * there
    centred = (within - within.sum(1, keepdims=True) / per_row) * there
    left: Table = centred[rows, columns]
    return left


def _rank(rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, ...]) -> int:
    """Return the design's rank: used rows plus used columns, minus connected components.

    Args:
        rows: int `[cells]`, index of each cell's configuration.
        columns: int `[cells]`, index of each cell's seed.
        shape: shape of the table.
    """
    from scipy.sparse import coo_array  # takes 200 ms to import
    from scipy.sparse.csgraph import connected_components

    used_rows, row_nodes = np.unique(rows, return_inverse=True)
    used_columns, column_nodes = np.unique(columns, return_inverse=True)
    nodes = len(used_rows) + len(used_columns)
    edges = (row_nodes, len(used_rows) + column_nodes)
    graph = coo_array((np.ones(len(rows)), edges), shape=(nodes, nodes))
    return nodes - int(connected_components(graph, directed=False, return_labels=False))
