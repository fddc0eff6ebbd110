"""The learning curve of a configuration: the mean and the range over its seeds."""

from typing import NamedTuple

import numpy as np

from reviewlab.reporting.line import Line

BAND = "band: lowest to highest seed"
"""The legend's explanation of the band."""


class MeanCurve(NamedTuple):
    """A configuration's metric in each epoch, over its seeds.

    Attributes:
        epochs: numbers of the epochs, from 1.
        mean: mean over the seeds in each epoch.
        low: smallest value of any seed in each epoch.
        high: largest value of any seed in each epoch.
    """

    epochs: list[int]
    mean: list[float]
    low: list[float]
    high: list[float]


def mean_curve(line: Line) -> MeanCurve:
    """Average the metric over the seeds, in each epoch for which all seeds have a value.

    Once a seed has stopped early, the curve ends: a mean over fewer seeds would jump.
    """
    seeds = [dict(row.curve) for row in line.rows]
    epochs = sorted(set.intersection(*(set(seed) for seed in seeds)))
    values = np.array([[seed[epoch] for epoch in epochs] for seed in seeds])
    return MeanCurve(
        epochs, values.mean(0).tolist(), values.min(0).tolist(), values.max(0).tolist()
    )
