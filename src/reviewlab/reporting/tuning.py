"""Tuning curves: how good the best of k random trials is, with bands (Lourie et al. 2024).

`docs/explanation/tuning_curves.md` says what they assume.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewlab.reporting.cdf_bands import Values, order_bounds

ROUNDING = 1e-12
"""Probabilities that differ by less are equal."""


@dataclass(frozen=True)
class TuningCurve:
    """The median of the best value after k trials, for several k.

    Attributes:
        trials: the numbers of trials k, int64 `[points]`.
        median: estimate of the median of the best of k trials, float64 `[points]`.
        lower: lower end of the band, float64 `[points]`.
        upper: upper end of the band, float64 `[points]`.
        n: number of trials from which the curve was estimated.
    """

    trials: NDArray[np.int64]
    median: Values
    lower: Values
    upper: Values
    n: int


def tuning_curve(
    values: Sequence[float],
    trials: Sequence[int],
    mode: str,
    ends: tuple[float, float],
    confidence: float,
) -> TuningCurve:
    """Estimate the tuning curve of a random search, with a band for all k together.

    The best of k independent trials is below y with probability F(y)^k, so its median is the
    quantile of order 0.5^(1/k) of a single trial's distribution F. A band that holds all of F
    becomes a band that holds all of the curve.

    Args:
        values: the value of each trial, in any order.
        trials: the numbers of trials k.
        mode: `max` if larger values are better, else `min`.
        ends: the smallest and the largest possible value.
        confidence: probability that the band holds the whole curve.
    """
    n, k = len(values), np.array(trials, np.int64)
    half = 0.5 ** (1 / k)
    orders = half if mode == "max" else 1 - half
    sorted_values = np.sort(np.array(values, float))
    lower, upper = order_bounds(n, confidence)
    extended = np.concatenate([[ends[0]], sorted_values, [ends[1]]])
    highest = np.concatenate([upper, [1.0, 1.0]])  # the distribution function at these values
    lowest = np.concatenate([[0.0], lower, [1.0]])
    return TuningCurve(
        k,
        _quantiles(sorted_values, np.arange(1, n + 1) / n, orders),
        _quantiles(extended, highest, orders),
        _quantiles(extended, lowest, orders),
        n,
    )


def _quantiles(values: Values, cumulated: Values, orders: Values) -> Values:
    """Return the smallest values at which a distribution function reaches each order.

    Args:
        values: the values, ascending.
        cumulated: the distribution function at each of them.
        orders: the orders of the quantiles, from 0 to 1.
    """
    quantiles: Values = values[np.searchsorted(cumulated, orders - ROUNDING)]
    return quantiles
