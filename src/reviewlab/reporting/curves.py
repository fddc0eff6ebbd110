"""The learning curve of a configuration: the mean over its seeds, and how far they lie apart."""

from typing import NamedTuple

import numpy as np

from reviewlab.reporting.leaderboard import Line

BAND = "band: lowest to highest seed"
"""The meaning of the band, as legends say it."""


class MeanCurve(NamedTuple):
    """The metric of a configuration by epoch, over its seeds.

    Attributes:
        epochs: from 1.
        mean: over the seeds, of each epoch.
        low: the smallest value of any seed.
        high: the largest value of any seed.
    """

    epochs: list[int]
    mean: list[float]
    low: list[float]
    high: list[float]


def mean_curve(line: Line) -> MeanCurve:
    """Average over the seeds, in the epochs that all of them have measured.

    Where a seed has stopped early, the mean of those that go on would jump.
    """
    seeds = [dict(row.curve) for row in line.rows]
    epochs = sorted(set.intersection(*(set(seed) for seed in seeds)))
    values = np.array([[seed[epoch] for epoch in epochs] for seed in seeds])
    return MeanCurve(
        epochs, values.mean(0).tolist(), values.min(0).tolist(), values.max(0).tolist()
    )
