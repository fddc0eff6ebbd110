"""Student's tests of configurations, as explained in `docs/explanation/leaderboard.md`.

Their p values hold for a number of seeds that was decided beforehand; `sequential.py` makes them
valid when seeds are added.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from reviewlab.reporting.moderation import PairNoise, moderate
from reviewlab.reporting.statistics import Residual, Table, independent_runs


class Comparisons(NamedTuple):
    """Tests of differences, as arrays of one shape.

    Attributes:
        difference: the differences of means.
        seeds: the number of seeds that each test is based on.
        p: two-sided p values; NaN if nothing can be claimed.
    """

    difference: Table
    seeds: Table
    p: Table


def pairwise(
    table: Table, left: Residual, overlap: float = 0.0, noisy: NDArray[np.bool_] | None = None
) -> Comparisons:
    """Compare all pairs of configurations by paired t tests with moderated variances.

    The variance of a difference of means over n shared seeds is 1/n times that of a single
    difference, and 1/n + 1/(k - 1) times if the runs are those of k folds. Nothing can be claimed
    if two configurations share fewer than two seeds or the variance is unknown.

    Args:
        table: float64 `[configurations, seeds]`.
        left: the noise of a single run.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
        noisy: bool `[configurations]`, the rows whose noise is `left`; None for all.

    Returns:
        The tests, `[configurations, configurations]`; a difference is the row's mean minus the
        column's.
    """
    difference, shared = paired_differences(table)
    difference = _with_ties(difference, table)
    runs, noise = independent_runs(shared, overlap), pair_noise(table, left, noisy)
    p = _two_sided(difference, noise.variance, runs, noise.freedom)
    p[shared < 2] = np.nan
    return Comparisons(difference, shared, p)


def pair_noise(table: Table, left: Residual, noisy: NDArray[np.bool_] | None = None) -> PairNoise:
    """Return the noise of each pair's differences between single runs with the same seed.

    Args:
        table: float64 `[configurations, seeds]`.
        left: the noise of a single run.
        noisy: bool `[configurations]`, the rows whose noise is `left`; None for all.
    """
    own, shared = paired_variances(table)
    rows = np.ones(len(table), bool) if noisy is None else noisy
    return moderate(own, shared - 1, left, rows[:, None] & rows)


def _with_ties(difference: Table, table: Table) -> Table:
    """Return differences of means, with 0 for one that rounding alone has made, and signed."""
    scale = np.nanmax(np.abs(table), initial=0.0)
    ties: Table = np.where(np.abs(difference) <= 8 * np.finfo(float).eps * scale, 0.0, difference)
    return ties


def student_p(difference: Table, runs: Table, left: Residual) -> Table:
    """Return two-sided p values of differences between means over `runs` runs each.

    Args:
        difference: the differences.
        runs: number of runs on each side, in a shape that fits `difference`.
        left: the noise of a single run; without degrees of freedom, all p values are NaN.
    """
    freedom = np.float64(left.degrees_of_freedom)
    return _two_sided(difference, 2 * left.variance, runs, freedom)


def _two_sided(
    difference: Table, variance: Table | float, runs: Table, freedom: Table | np.float64
) -> Table:
    """Return two-sided p values by Student's t test; NaN without degrees of freedom.

    Args:
        difference: the differences of means.
        variance: variances of the difference between two single runs.
        runs: number of runs on each side.
        freedom: degrees of freedom of the variances.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(difference) / np.sqrt(variance / runs)
    p = 2 * stdtr(np.maximum(freedom, 1), -np.where(difference == 0, 0.0, t))
    tested: Table = np.where(freedom > 0, p, np.nan)
    return tested


def paired_differences(table: Table) -> tuple[Table, Table]:
    """Return mean differences (row - column) and numbers of shared seeds, each `[C, C]`."""
    there = np.isfinite(table).astype(float)
    sums = np.where(there > 0, table, 0.0) @ there.T
    shared = there @ there.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return (sums - sums.T) / shared, shared


def paired_variances(table: Table) -> tuple[Table, Table]:
    """Return variances of paired differences and numbers of shared seeds, each `[C, C]`.

    A variance over fewer than two seeds is NaN. Rows are centred first, which changes no variance
    and keeps small ones exact.
    """
    there = np.isfinite(table).astype(float)
    counts = np.maximum(there.sum(1, keepdims=True), 1)
    values = np.where(there > 0, table, 0.0)
    values = (values - values.sum(1, keepdims=True) / counts) * there
    sums, squares, shared = values @ there.T, values**2 @ there.T, there @ there.T
    with np.errstate(divide="ignore", invalid="ignore"):
        total = squares + squares.T - 2 * values @ values.T - (sums - sums.T) ** 2 / shared
        return np.where(shared > 1, np.maximum(total, 0.0) / (shared - 1), np.nan), shared


def beside_fixed(
    tests: Comparisons, table: Table, fixed: NDArray[np.bool_], overlap: float = 0.0
) -> Comparisons:
    """Return `tests` with new values for the pairs that contain a fixed configuration.

    A fixed configuration gives the same result with every seed. Repeating a result makes it no more
    certain, so nothing is claimed about two fixed configurations. If only one is fixed, it has no
    seed effect that could cancel out, so the other one's runs are compared with its value by
    Student's one-sample t test.

    Args:
        tests: tests of all pairs, `[configurations, configurations]`.
        table: float64 `[configurations, seeds]`.
        fixed: bool `[configurations]`.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """
    n = np.isfinite(table).sum(1)
    testable = ~fixed & (n > 1)
    error = np.full(len(table), np.nan)
    deviation = np.nanstd(table[testable], axis=1, ddof=1)
    error[testable] = deviation * np.sqrt(1 / n[testable] + overlap)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.nansum(table, axis=1) / n
        difference = _with_ties(means[:, None] - means, table)
        one_sample = 2 * stdtr(np.maximum(n - 1, 1), -np.abs(difference) / error)
    mixed = fixed[:, None] & ~fixed
    p = np.where(mixed, one_sample, np.where(mixed.T, one_sample.T, tests.p))
    p[fixed[:, None] & fixed] = np.nan
    seeds = np.where(mixed, n, np.where(mixed.T, n[:, None], tests.seeds))
    return Comparisons(np.where(mixed | mixed.T, difference, tests.difference), seeds, p)


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
