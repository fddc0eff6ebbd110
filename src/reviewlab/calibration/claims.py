"""False claims: tables of identical configurations in which a row is called worse."""

from typing import NamedTuple

import numpy as np

from reviewlab.calibration.pool import Pool
from reviewlab.exceptions import InputError
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import against
from reviewlab.reporting.statistics import LEVEL, Table

RESAMPLES = 20
"""Number of bootstrap samples of the pool's seeds for a standard error."""


class Share(NamedTuple):
    """A share of tables, and its standard error."""

    value: float
    error: float


class Shape(NamedTuple):
    """The shape of a table: its number of configurations, and of seeds that each of them has."""

    configurations: int
    seeds: int


def false_worse(pool: Pool, shape: Shape, tables: int, overlap: float, seed: int = 0) -> Share:
    """Return the share of tables in which one of several identical configurations is called worse.

    The configurations of a table are disjoint sets of the pool's seeds, drawn at random and then
    numbered from 0. All runs count as planned.

    Args:
        pool: the runs of one configuration.
        shape: the shape of the tables.
        tables: number of tables.
        overlap: how much the runs' training reviews overlap, according to the test.
        seed: random seed.

    Returns:
        The share, with a bootstrap standard error over the pool's seeds.

    Raises:
        InputError: the pool has too few seeds.
    """
    wanted = shape.configurations * shape.seeds
    if pool.seeds < wanted:
        raise InputError(
            f"--seeds: {shape.configurations} configurations with {shape.seeds} seeds need"
            f" {wanted} different seeds; allowed: at most {pool.seeds // shape.configurations}"
        )
    random = np.random.default_rng(seed)
    value = _share(pool.values, shape, tables, overlap, random)
    drawn = [random.integers(pool.seeds, size=pool.seeds) for _ in range(RESAMPLES)]
    samples = [_share(pool.values[seeds], shape, tables, overlap, random) for seeds in drawn]
    return Share(value, float(np.std(samples, ddof=1)))


def _share(
    values: Table, shape: Shape, tables: int, overlap: float, random: np.random.Generator
) -> float:
    wanted = shape.configurations * shape.seeds
    claims = 0
    for _ in range(tables):
        chosen = values[random.permutation(len(values))[:wanted]]
        claims += _claims(chosen.reshape(shape.configurations, -1), overlap)
    return claims / tables


def _claims(table: Table, overlap: float) -> bool:
    """Test if any row of a table is called worse than the best."""
    rows, runs = table.shape
    everything = np.ones(rows, bool)
    planned = SeedTable(table, ~everything, np.ones(runs, bool), everything, runs, overlap)
    best = int(table.mean(1).argmax())
    return bool((against(planned, best) < LEVEL).any())
