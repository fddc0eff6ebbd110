"""The claims of leaderboards drawn from pools, whose truth is known.

A table of identical configurations takes disjoint sets of the seeds of one pool, numbered anew.
Adding a constant to one of them makes a known difference. A table of equally good configurations
with different noise takes a row from each of several pools, shifted to the same mean.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reviewlab.calibration.pool import Pool
from reviewlab.exceptions import InputError
from reviewlab.reporting.equivalence import equal_to
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.statistics import LEVEL, Table, interval
from reviewlab.reporting.step_down import PairTests, against

RESAMPLES = 20
"""Number of bootstrap samples of the pools' seeds for a standard error."""

PART = 5
"""A bootstrap sample has so many times fewer tables than the share that is measured."""

LAST = 30
"""Number of seeds at which a sequence ends if no row is called worse before."""

Event = Callable[[Sequence[Pool], np.random.Generator], bool]
"""Draws a table from the first pool, or from several, and tells if it has what is counted."""


class Share(NamedTuple):
    """A share of tables, and its standard error."""

    value: float
    error: float


class Shape(NamedTuple):
    """The shape of a table: its number of configurations, and of seeds that each of them has."""

    configurations: int
    seeds: int


def measure(pools: Sequence[Pool], event: Event, tables: int, seed: int = 0) -> Share:
    """Return the share of tables in which an event happens.

    Args:
        pools: the pools; each table is drawn from one of them at random, or from several.
        event: the event.
        tables: number of tables.
        seed: random seed.

    Returns:
        The share. Its variance is that of the bootstrap samples of the pools' seeds, with the
        binomial variance of their tables replaced by that of all tables.
    """
    random, few = np.random.default_rng(seed), max(tables // PART, 1)
    value = _share(pools, event, tables, random)
    samples = [_share(_resampled(pools, random), event, few, random) for _ in range(RESAMPLES)]
    binomial = value * (1 - value)
    of_pools = max(float(np.var(samples, ddof=1)) - binomial / few, 0.0)
    return Share(value, math.sqrt(of_pools + binomial / tables))


def false_worse(shape: Shape, overlap: float = 0.0) -> Event:
    """Return the event that one of several identical configurations is called worse.

    All seeds count as planned.

    Args:
        shape: the shape of the tables.
        overlap: how much the runs' training reviews overlap, according to the test.
    """

    def event(pools: Sequence[Pool], random: np.random.Generator) -> bool:
        table = _draw(pools[0], shape, random)
        return _is_worse(table, table.shape[1], overlap)

    return event


def false_worse_beside_others(shape: Shape) -> Event:
    """Return the event that one of several equally good configurations is called worse.

    Each of them has the noise of another pool. With fewer pools than configurations, some have the
    noise of the same pool.

    Args:
        shape: the shape of the tables.
    """

    def event(pools: Sequence[Pool], random: np.random.Generator) -> bool:
        chosen = np.resize(random.permutation(len(pools)), shape.configurations)
        rows = [_centred(pools[int(number)], shape.seeds, random) for number in chosen]
        return _is_worse(np.concatenate(rows), shape.seeds)

    return event


def ever_worse(configurations: int, planned: int) -> Event:
    """Return the event that a row is called worse while seeds are added one by one up to 30.

    Args:
        configurations: number of identical configurations.
        planned: number of seeds that count as planned.
    """

    def event(pools: Sequence[Pool], random: np.random.Generator) -> bool:
        table = _draw(pools[0], Shape(configurations, LAST), random)
        return any(_is_worse(table[:, :seeds], planned) for seeds in range(2, LAST + 1))

    return event


def false_equal(shape: Shape, margin: float) -> Event:
    """Return the event that a configuration is called equal though it is behind by the margin.

    Args:
        shape: the shape of the tables.
        margin: the margin, in standard deviations of the pool.
    """

    def event(pools: Sequence[Pool], random: np.random.Generator) -> bool:
        delta = margin * float(pools[0].values.std())
        table = _draw(pools[0], shape, random)
        table[1:] -= delta
        best = int(table.mean(1).argmax())
        tests = PairTests(_planned(table, shape.seeds), best)
        p = equal_to(tests.near, best, delta)
        truly = np.arange(len(table)) > 0 if best == 0 else np.arange(len(table)) == 0
        return bool((p[truly] < LEVEL).any())

    return event


def covered(seeds: int) -> Event:
    """Return the event that the interval of a mean contains the mean of its pool.

    Args:
        seeds: number of seeds of the mean.
    """

    def event(pools: Sequence[Pool], random: np.random.Generator) -> bool:
        pool = pools[0]
        bounds = interval(_draw(pool, Shape(1, seeds), random)[0].tolist(), pool.overlap)
        return bounds is not None and bounds[0] <= pool.values.mean() <= bounds[1]

    return event


def _share(pools: Sequence[Pool], event: Event, tables: int, random: np.random.Generator) -> float:
    firsts = random.integers(len(pools), size=tables)
    return sum(event([*pools[one:], *pools[:one]], random) for one in firsts) / tables


def _resampled(pools: Sequence[Pool], random: np.random.Generator) -> list[Pool]:
    """Return the pools with seeds drawn from them with replacement."""
    return [
        Pool(pool.values[random.integers(pool.seeds, size=pool.seeds)], pool.overlap)
        for pool in pools
    ]


def _draw(pool: Pool, shape: Shape, random: np.random.Generator) -> Table:
    """Draw disjoint sets of seeds, float64 `[configurations, seeds * folds]`.

    Args:
        pool: the pool.
        shape: the shape of the table.
        random: the random generator.

    Raises:
        InputError: the pool has too few seeds.
    """
    wanted = shape.configurations * shape.seeds
    if pool.seeds < wanted:
        raise InputError(
            f"--seeds: {shape.configurations} configurations with {shape.seeds} seeds need"
            f" {wanted} different seeds; allowed: at most {pool.seeds // shape.configurations}"
        )
    chosen = pool.values[random.permutation(pool.seeds)[:wanted]]
    return chosen.reshape(shape.configurations, -1)


def _centred(pool: Pool, seeds: int, random: np.random.Generator) -> Table:
    """Draw a row of a pool, minus the pool's mean.

    Args:
        pool: the pool.
        seeds: number of seeds of the row.
        random: the random generator.
    """
    row: Table = _draw(pool, Shape(1, seeds), random) - pool.values.mean()
    return row


def _planned(table: Table, planned: int, overlap: float = 0.0) -> SeedTable:
    rows, runs = table.shape
    everything = np.ones(rows, bool)
    return SeedTable(
        table,
        ~everything,
        np.arange(runs) < planned,
        everything if runs >= planned else ~everything,
        planned,
        overlap,
    )


def _is_worse(table: Table, planned: int, overlap: float = 0.0) -> bool:
    """Test if any row of a table is called worse than the best.

    Args:
        table: float64 `[configurations, runs]`.
        planned: number of runs that count as planned.
        overlap: how much the runs' training reviews overlap, as in `SeedTable`.
    """
    best = int(table.mean(1).argmax())
    return bool((against(_planned(table, planned, overlap), best) < LEVEL).any())
