"""A band that holds a whole distribution function at once, from a sample of it.

The band expands the equal-tailed intervals of the order statistics until they hold together
(Learned-Miller and DeStefano 2008, A Probabilistic Upper Bound on Differential Entropy).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln, xlogy

Values = NDArray[np.float64]


@cache
def order_bounds(n: int, confidence: float) -> tuple[Values, Values]:
    """Return bounds of the distribution function at each of `n` sorted draws.

    All bounds hold together with probability `confidence`, exactly if the distribution is
    continuous and with at least this probability otherwise.

    Args:
        n: number of independent draws.
        confidence: the probability.

    Returns:
        Lower and upper bounds, each float64 `[n]`.
    """
    return intervals(n, pointwise_level(n, confidence))


def intervals(n: int, level: float) -> tuple[Values, Values]:
    """Return the equal-tailed interval of the distribution function at each of `n` sorted draws.

    The function's value at the i-th smallest draw has the distribution beta(i, n + 1 - i).

    Args:
        n: number of draws.
        level: the probability that each interval holds by itself.
    """
    i = np.arange(1, n + 1)
    lower: Values = betaincinv(i, n + 1 - i, (1 - level) / 2)
    upper: Values = betaincinv(i, n + 1 - i, (1 + level) / 2)
    return lower, upper


@cache
def pointwise_level(n: int, confidence: float) -> float:
    """Return the level at which the intervals of `n` draws hold together with `confidence`."""
    from scipy.optimize import brentq  # takes 200 ms to import

    if n == 1:
        return confidence

    def excess(level: float) -> float:
        return joint_probability(*intervals(n, level)) - confidence

    bonferroni = 1 - (1 - confidence) / n
    return float(brentq(excess, confidence, bonferroni, xtol=1e-13))


def joint_probability(lower: Values, upper: Values) -> float:
    """Return the probability that each of n sorted uniform draws lies within its bounds.

    The draws are the jumps of a Poisson process of rate n, given that there are n of them by time
    1. From one bound to the next, the number of jumps gains a Poisson number; a lower bound then
    rules out the numbers that are too large, and an upper bound those that are too small
    (Moscovich and Nadler 2017, Fast Calculation of Boundary Crossing Probabilities).

    Args:
        lower: lower bounds of the draws, ascending, float64 `[n]`.
        upper: upper bounds, ascending, float64 `[n]`.
    """
    n = len(lower)
    times = np.concatenate([lower, upper])
    least, most, before = 0, 0, 0.0  # numbers of jumps that are possible so far
    chances = np.ones(1)  # of the numbers least, least + 1, ..., most
    for bound in np.argsort(times, kind="stable"):
        gained = _poisson(n * (times[bound] - before), most - least + 1)
        chances = np.convolve(chances, gained)[: most - least + 1]
        before = times[bound]
        if bound < n:  # draw number `bound` may come from now on
            most += 1
            chances = np.append(chances, 0.0)
        else:  # draw number `bound - n` must have come
            chances = chances[1:]
            least += 1
    gained = _poisson(n * (1 - before), 1)
    of_all = float(_poisson(float(n), n + 1)[-1])
    return float(chances[-1] * gained[0]) / of_all


def _poisson(mean: float, size: int) -> Values:
    """Return the probabilities of the numbers below `size`, float64 `[size]`."""
    k = np.arange(size)
    probabilities: Values = np.exp(xlogy(k, mean) - mean - gammaln(k + 1))
    return probabilities
