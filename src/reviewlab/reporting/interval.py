"""The 95 % interval of a configuration's mean, and what makes the mean uncertain."""

import math
from collections.abc import Sequence
from statistics import mean
from typing import NamedTuple

from reviewlab.reporting.review_sums import ReviewNoise
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import ignores_seed, overlap_of, without_repeats
from reviewlab.reporting.statistics import interval


class MeanInterval(NamedTuple):
    """The 95 % interval of a mean, for a number of seeds decided beforehand.

    Attributes:
        mean: the mean.
        seeds: half the width of its interval over other seeds; None if all seeds gave the same
            result.
        reviews: half the width of its interval over other validation reviews; None if it is not
            known, or if the seeds have different reviews, so that `seeds` covers both.
    """

    mean: float
    seeds: float | None
    reviews: float | None

    @property
    def half(self) -> float:
        """Half the width of the interval over other seeds and other reviews.

        The two parts are added as MOVER does (Zou and Donner 2008, Construction of confidence
        limits about effect measures).
        """
        return math.hypot(self.seeds or 0.0, self.reviews or 0.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper end of the interval."""
        return self.mean - self.half, self.mean + self.half


def mean_interval(
    group: Sequence[Row], span: float | None, noise: ReviewNoise | None
) -> MeanInterval | None:
    """Return the interval of a configuration's mean.

    Args:
        group: the configuration's runs.
        span: largest minus smallest possible value of the metric; None if it is unbounded.
        noise: the noise of the reviews, if known.

    Returns:
        The interval; None if there is only one seed, if nothing is known about reviews where seeds
        change nothing, or if the interval is wider than the metric's range.
    """
    values = [row.value for row in group if row.value is not None]
    if len(values) < 2:
        return None
    middle = mean(values)
    reviews = None if noise is None else noise.half
    if ignores_seed(group):
        return None if reviews is None else MeanInterval(middle, None, reviews)
    runs = [row.value for row in without_repeats(group) if row.value is not None]
    bounds = interval(runs, overlap_of(group))
    if bounds is None:
        return None
    found = MeanInterval(middle, (bounds[1] - bounds[0]) / 2, reviews)
    return None if span is not None and 2 * found.half > span else found
