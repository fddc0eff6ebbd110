"""Variances that borrow from each other, as explained in `docs/explanation/leaderboard.md`."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi, zeta

from reviewlab.reporting.statistics import Residual, Table

LEAST = 8.0
"""The least weight of the pooled variance, in degrees of freedom.

It was chosen on real trainings (`docs/explanation/calibration.md`): a pair's own variance over a
few seeds is too small too often, since trainings are not normally distributed.
"""


class PairNoise(NamedTuple):
    """The noise of the difference between two runs with the same seed, for all pairs.

    Attributes:
        variance: variance of the difference of single runs, `[configurations, configurations]`.
        freedom: degrees of freedom of that variance, in the same shape.
        prior: weight of the variance of all pairs, in degrees of freedom; infinite if no pair has a
            variance of its own.
    """

    variance: Table
    freedom: Table
    prior: float


def moderate(own: Table, freedom: Table, pooled: Residual, pairs: NDArray[np.bool_]) -> PairNoise:
    """Moderate each pair's own variance by that of all pairs.

    It is the moderated t test's variance of Smyth (2004), Linear Models and Empirical Bayes
    Methods, `(d0 s0² + d s²) / (d0 + d)` with `d0 + d` degrees of freedom. Differently from there,
    s0² is the pooled variance, an arithmetic mean, so that pairs which look steady are not believed
    at once, and d0 is at least `LEAST`.

    Args:
        own: the pairs' own variances, `[configurations, configurations]`.
        freedom: degrees of freedom of the pairs' own variances; less than 1 where there are none.
        pooled: the noise of a single run, pooled over configurations.
        pairs: bool, in the same shape; the pairs that tell how much variances differ.
    """
    common = 2 * pooled.variance
    chosen = np.triu(pairs & (freedom >= 1), 1)
    prior = _prior_freedom(own[chosen], freedom[chosen], common)
    if math.isinf(prior):
        whole = np.full(own.shape, float(pooled.degrees_of_freedom))
        return PairNoise(np.full(own.shape, common), whole, prior)
    several = np.maximum(freedom, 0)
    variance = (prior * common + several * np.where(several > 0, own, 0)) / (prior + several)
    known = np.maximum(pooled.degrees_of_freedom, several)
    return PairNoise(variance, np.minimum(prior + several, known), prior)


def _prior_freedom(own: Table, freedom: Table, common: float) -> float:
    """Estimate how alike variances are, as the degrees of freedom of their common value.

    The logarithm of an estimated variance varies by trigamma(d / 2) for d degrees of freedom, and
    by trigamma(d0 / 2) more if the true variances differ (Smyth 2004, section 6.2).

    Args:
        own: the estimated variances.
        freedom: degrees of freedom of each.
        common: the pooled variance.

    Returns:
        At least `LEAST`; infinite if chance explains the differences, or if there are fewer than
        two variances.
    """
    if len(own) < 2 or not common > 0:
        return math.inf
    logarithms = np.log(np.maximum(own, 1e-5 * common)) - psi(freedom / 2) + np.log(freedom / 2)
    excess = float(logarithms.var(ddof=1) - zeta(2, freedom / 2).mean())
    return math.inf if excess <= 0 else max(2 * _inverse_trigamma(excess), LEAST)


def _inverse_trigamma(value: float) -> float:
    """Return the number whose trigamma is `value`, by Newton's method (Smyth 2004, appendix)."""
    if value < 1e-6:  # then trigamma(x) is 1/x to six digits
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(zeta(2, x))
        step = trigamma * (1 - trigamma / value) / (-2 * float(zeta(3, x)))
        x += step
        if abs(step) < 1e-8 * x:
            break
    return x
