"""Intervals and tests, as explained in `docs/explanation/leaderboard.md`.

`scipy.special` has the same distributions as `scipy.stats`, but takes a second less to import.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

Table = NDArray[np.float64]
"""float64 `[configurations, seeds]`; NaN where there is no such run."""

LEVEL = 0.05
"""The error rate allowed for claims and for intervals."""


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
    rank = _rank(rows, columns, table.shape)
    freedom = len(values) - rank
    if freedom <= 0:
        return Residual(np.nan, 0)
    left = _without_effects(rows, columns, values, table.shape)
    noise = 8 * np.finfo(float).eps * max(1e-300, float(np.abs(values).max()))
    variance = float(left @ left) / freedom
    return Residual(variance if variance > noise**2 else 0.0, freedom)


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Return Student's t 95 % interval of the mean of `values`; None for fewer than two values."""
    n = len(values)
    if n < 2:
        return None
    half = float(stdtrit(n - 1, 1 - LEVEL / 2)) * stdev(values) / math.sqrt(n)
    middle = mean(values)
    return middle - half, middle + half


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


def pairwise(table: Table, left: Residual) -> Table:
    """Return two-sided p values `[configurations, configurations]` of paired t tests.

    The variance of a difference of means over n shared seeds is 2/n times the residual variance in
    `left`. A p value is NaN if nothing can be claimed, because the two configurations share fewer
    than two seeds or the variance is unknown.
    """
    differences, shared = paired_differences(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(2 * left.variance / shared)
        t = np.abs(differences) / error
        scale = np.nanmax(np.abs(table), initial=0.0)
        t[np.abs(differences) <= 8 * np.finfo(float).eps * scale] = (
            0.0  # a tie, whatever the variance
        )
        p = 2 * stdtr(max(left.degrees_of_freedom, 1), -t)
    p[(shared < 2) | (left.degrees_of_freedom == 0)] = np.nan
    p_values: Table = p
    return p_values


def paired_differences(table: Table) -> tuple[Table, Table]:
    """Return mean differences (row - column) and numbers of shared seeds, each `[C, C]`."""
    there = np.isfinite(table).astype(float)
    sums = np.where(there > 0, table, 0.0) @ there.T
    shared = there @ there.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return (sums - sums.T) / shared, shared


def holm(p: Table) -> Table:
    """Adjust p values, float64 `[m]`, by Holm's method; NaNs stay NaN and do not count.

    Holm (1979), A simple sequentially rejective multiple test procedure: the i-th smallest p value
    is multiplied by m - i + 1, and no adjusted value is smaller than the one before it.
    """
    adjusted = np.full(p.shape, np.nan)
    members = np.flatnonzero(np.isfinite(p))
    order = members[np.argsort(p[members], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return adjusted


def against(
    table: Table, best: int, left: Residual, fixed: NDArray[np.bool_] | None = None
) -> Table:
    """Return the adjusted p values `[configurations]` for comparing each row with row `best`.

    Holm's method is applied to all pairs: the best row was chosen by its results, so any other row
    could have been the best.

    Args:
        table: float64 `[configurations, seeds]`.
        best: index of the row that the others are compared with.
        left: the noise, estimated from the rows that are not `fixed`.
        fixed: bool `[configurations]`; True for rows whose seeds all gave the same result.

    Returns:
        The p values; NaN for `best` itself and for rows about which nothing can be claimed.
    """
    p = pairwise(table, left)
    if fixed is not None and fixed.any():
        p = _beside_fixed(p, table, fixed)
    upper = np.triu_indices(len(table), 1)
    adjusted = np.full(p.shape, np.nan)
    adjusted[upper] = holm(p[upper])
    chosen: Table = np.fmax(adjusted[best], adjusted[:, best])
    return chosen


def _beside_fixed(p: Table, table: Table, fixed: NDArray[np.bool_]) -> Table:
    """Return `p` with new values for the pairs that contain a fixed configuration.

    A fixed configuration gives the same result with every seed. Repeating a result makes it no more
    certain, so nothing is claimed about two fixed configurations. If only one is fixed, it has no
    seed effect that could cancel out, so the other one's runs are compared with its value by
    Student's one-sample t test.

    Args:
        p: p values of all pairs, float64 `[configurations, configurations]`.
        table: float64 `[configurations, seeds]`.
        fixed: bool `[configurations]`.
    """
    n = np.isfinite(table).sum(1)
    testable = ~fixed & (n > 1)
    error = np.full(len(table), np.nan)
    error[testable] = np.nanstd(table[testable], axis=1, ddof=1) / np.sqrt(n[testable])
    means = np.nanmean(table, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(means[:, None] - means) / error
        one_sample = 2 * stdtr(np.maximum(n - 1, 1), -t)
    mixed = fixed[:, None] & ~fixed
    replaced = np.where(mixed, one_sample, np.where(mixed.T, one_sample.T, p))
    replaced[fixed[:, None] & fixed] = np.nan
    return replaced


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
