"""The number of seeds that a comparison needs, from the noise that has been seen.

`docs/explanation/leaderboard.md` has the formulas.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtr, stdtrit

from reviewlab.reporting.comparisons import pair_noise
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import PLANNED
from reviewlab.reporting.statistics import LEVEL, Table, independent_runs

POWER = 0.8
"""The chance with which a comparison should be decided."""

MOST = 1000
"""The largest number of seeds that is considered."""

Factor = Callable[[Table], Table]
"""Maps numbers of seeds to the factors that make a p value valid at any number of seeds."""


@dataclass(frozen=True)
class Noise:
    """The noise of comparisons with the best configuration, one for each configuration.

    Attributes:
        deviation: standard deviation of the difference between single runs with the same seed,
            float64 `[configurations]`; NaN if it is unknown.
        of_a_run: standard deviation of a single run, `[configurations]`.
        rate: degrees of freedom that each seed after the first adds to the pooled variance,
            `[configurations]`.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
        prior: the weight of the pooled variance beside a pair's own, as in `PairNoise`.
    """

    deviation: Table
    of_a_run: Table
    rate: Table
    overlap: float = 0.0
    prior: float = math.inf

    def freedom(self, seeds: Table) -> Table:
        """Return the degrees of freedom of each comparison over a number of seeds."""
        pooled = np.maximum(self.rate * (seeds - 1), 1.0)
        return np.minimum(self.prior + seeds - 1, pooled)


def measure_noise(table: SeedTable, best: int) -> Noise:
    """Return the noise of comparing each configuration with row `best`, as the tests estimate it.

    It is the moderated variance of the pair, or beside a row whose seeds all gave the same result
    the other row's own variance.
    """
    fixed, noise = table.fixed, pair_noise(table.values, table.left, table.noisy)
    own = np.full(len(fixed), np.nan)
    several = np.isfinite(table.values).sum(1) > 1
    own[several] = np.nanstd(table.values[several], axis=1, ddof=1)
    moderated = np.sqrt(noise.variance[best])
    alone = np.where(fixed, np.nan if fixed[best] else own[best], own)
    one_varies = fixed | fixed[best]
    return Noise(
        np.where(one_varies, alone, moderated),
        np.where(one_varies, alone, moderated / np.sqrt(2)),
        np.where(one_varies, 1, max(int(table.noisy.sum()) - 1, 1)),
        table.overlap,
        noise.prior,
    )


def planned_noise(deviation: float, configurations: int, overlap: float = 0.0) -> Noise:
    """Return the noise of comparing two of some configurations that have not been run yet.

    Args:
        deviation: standard deviation of a single run.
        configurations: number of configurations.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """
    one = np.array([deviation])
    return Noise(np.sqrt(2) * one, one, np.array([max(configurations - 1, 1)]), overlap)


def seeds_needed(
    difference: Table,
    noise: Noise,
    pairs: int,
    margin: float | None,
    factor: Factor,
    least: Table | int = 2,
) -> Table:
    """Return how many seeds decide each comparison with a chance of 80 %.

    Decided means that one is shown to be worse, or both to be equal within the margin, if the true
    difference is the given one.

    Args:
        difference: differences of means, `[configurations]`.
        noise: the noise of the comparisons.
        pairs: number of pairs that are still to be decided; Holm's method begins with it.
        margin: the margin of equality, or None.
        factor: the factor of the p values for a number of seeds.
        least: the smallest numbers to consider.

    Returns:
        Numbers of seeds, `[configurations]`; infinite if more than `MOST` are needed, NaN if the
        noise is unknown.
    """

    def is_enough(seeds: Table) -> NDArray[np.bool_]:
        level = LEVEL / factor(seeds)
        chance = _power(np.abs(difference), seeds, noise, level / pairs, two_sided=True)
        if margin is not None:
            of_one = level / max(len(difference) - 1, 1)
            towards = _power(margin - np.abs(difference), seeds, noise, of_one)
            away = _power(margin + np.abs(difference), seeds, noise, of_one)
            chance = np.maximum(chance, towards + away - 1)
        return chance >= POWER

    low = np.full(len(difference), np.asarray(least) - 1.0)  # too few, as far as is known
    high = np.full(len(difference), float(MOST))
    reachable = is_enough(high)
    while (high - low > 1).any():
        middle = np.ceil((low + high) / 2)
        enough = is_enough(middle) & (high - low > 1)
        high, low = (
            np.where(enough, middle, high),
            np.where(enough | (high - low <= 1), low, middle),
        )
    return np.where(np.isnan(noise.deviation), np.nan, np.where(reachable, high, np.inf))


def smallest_found(seeds: int, noise: Noise, pairs: int) -> float:
    """Return the smallest difference that so many planned seeds find with a chance of 80 %.

    Args:
        seeds: number of seeds.
        noise: the noise of one comparison.
        pairs: number of pairs that are compared.
    """
    level = np.array([LEVEL / PLANNED / pairs])
    low, high = 0.0, 1e3 * float(noise.deviation[0])
    for _ in range(60):
        middle = (low + high) / 2
        found = _power(np.array([middle]), np.array([float(seeds)]), noise, level, two_sided=True)
        low, high = (low, middle) if found[0] >= POWER else (middle, high)
    return high


def planned(seeds: Table) -> Table:
    """Return the factor for seeds that are planned from the beginning."""
    return np.full(np.shape(seeds), PLANNED)


def _power(
    difference: Table, seeds: Table, noise: Noise, level: Table, two_sided: bool = False
) -> Table:
    """Return the chance that a t test finds a positive difference.

    It is the noncentral t distribution's. A difference of 0 or less is never found.

    Args:
        difference: the true differences, `[configurations]`.
        seeds: the number of seeds, `[configurations]`.
        noise: the noise of the comparisons.
        level: the level of the test, `[configurations]`.
        two_sided: whether half of the level is spent on the other direction.
    """
    freedom = noise.freedom(seeds)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = noise.deviation / np.sqrt(independent_runs(seeds, noise.overlap))
        shift = np.minimum(np.maximum(difference, 0.0) / error, 1e3)
    limit = stdtrit(freedom, 1 - level / (2 if two_sided else 1))
    # scipy 1.17 returns NaN for some probabilities below 1e-250
    missed = np.nan_to_num(nctdtr(freedom, np.nan_to_num(shift), limit))
    return np.where(difference > 0, 1 - missed, 0.0)
