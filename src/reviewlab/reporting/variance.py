"""Analysis of variance of a grid: how much of the variance each key and pair of keys explains."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import fdtrc

from reviewlab.reporting.statistics import Table
from reviewlab.reporting.varied import Settings, order


@dataclass(frozen=True)
class Component:
    """A part of the variance of a grid's runs.

    Attributes:
        keys: the keys whose values explain it, one or two.
        share: share of the sum of squares of all runs.
        p: p value of the F test, for a number of seeds decided beforehand; None with one seed.
        best: for a pair of keys, the best value of the second for each value of the first.
    """

    keys: tuple[str, ...]
    share: float
    p: float | None
    best: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Variance:
    """The variance of a grid's runs, divided into parts.

    Attributes:
        components: the keys, then the pairs of keys; the largest share first in each group.
        further: share of the interactions of three keys or more.
        seeds: share of the differences between seeds.
        noise: the rest.
    """

    components: Sequence[Component]
    further: float
    seeds: float
    noise: float


def analyse_variance(
    keys: Sequence[str], settings: Sequence[Settings], table: Table, mode: str
) -> Variance | None:
    """Divide the variance of a full grid by the analysis of variance, with seeds as blocks.

    In a full grid, the effects are orthogonal and their sums of squares add up to the whole
    (Montgomery, Design and Analysis of Experiments, factorial designs in blocks). Only seeds that
    every configuration has are used.

    Args:
        keys: the keys that vary.
        settings: the settings of each row of `table`.
        table: float64 `[configurations, seeds]`.
        mode: `max` if larger values are better, else `min`.

    Returns:
        The parts; None if fewer than two keys vary, if any combination of their values is missing,
        or if all runs have the same value.
    """
    levels = [sorted({one[key] for one in settings}, key=order) for key in keys]
    grid = _grid(keys, settings, table, levels)
    if grid is None:
        return None
    spread = grid - grid.mean()
    total = float((spread**2).sum())
    if total <= (8 * np.finfo(float).eps * float(np.abs(grid).max())) ** 2 * grid.size:
        return None
    axes = range(len(keys))
    effects = {axis: _effect(spread, axis) for size in (1, 2) for axis in combinations(axes, size)}
    between = float((spread.mean(-1) ** 2).sum()) * grid.shape[-1]
    blocks = float((spread.mean(tuple(axes)) ** 2).sum()) * grid.size / grid.shape[-1]
    noise = max(0.0, total - between - blocks)
    freedom = (len(settings) - 1) * (grid.shape[-1] - 1)
    components = [
        Component(
            tuple(keys[axis] for axis in chosen),
            square / total,
            _p_value(square, _freedom(grid, chosen), noise, freedom),
            _best(spread, chosen, levels, mode) if len(chosen) == 2 else (),
        )
        for chosen, square in effects.items()
    ]
    components.sort(key=lambda component: (len(component.keys), -component.share))
    further = max(0.0, between - sum(effects.values()))
    return Variance(components, further / total, blocks / total, noise / total)


def _grid(
    keys: Sequence[str],
    settings: Sequence[Settings],
    table: Table,
    levels: Sequence[Sequence[str]],
) -> Table | None:
    """Return the runs as an array `[*levels, seeds]`; None unless the grid is full.

    Args:
        keys: the keys that vary.
        settings: the settings of each row of `table`.
        table: float64 `[configurations, seeds]`.
        levels: the values of each key.
    """
    shape = [len(values) for values in levels]
    shared = table[:, np.isfinite(table).all(0)]
    if len(keys) < 2 or int(np.prod(shape)) != len(settings) or not shared.size:
        return None
    grid = np.full([*shape, shared.shape[1]], np.nan)
    for row, one in enumerate(settings):
        place = tuple(values.index(one[key]) for key, values in zip(keys, levels, strict=True))
        grid[place] = shared[row]
    return None if np.isnan(grid).any() else grid


def _effect(spread: Table, axes: tuple[int, ...]) -> float:
    """Return the sum of squares of one key, or of the interaction of two.

    Args:
        spread: the runs minus their mean, `[*levels, seeds]`.
        axes: the axes of the keys.
    """
    means = _means(spread, axes)
    if len(axes) == 2:
        means = means - means.mean(0) - means.mean(1, keepdims=True) + means.mean()
    return float((means**2).sum()) * spread.size / means.size


def _means(spread: Table, axes: tuple[int, ...]) -> Table:
    means: Table = spread.mean(tuple(axis for axis in range(spread.ndim) if axis not in axes))
    return means


def _freedom(grid: Table, axes: tuple[int, ...]) -> int:
    return int(np.prod([grid.shape[axis] - 1 for axis in axes]))


def _p_value(square: float, freedom: int, noise: float, noise_freedom: int) -> float | None:
    """Return the p value of the F test; None if the noise is unknown.

    Args:
        square: sum of squares of the effect.
        freedom: degrees of freedom of the effect.
        noise: sum of squares of the noise.
        noise_freedom: degrees of freedom of the noise.
    """
    if noise_freedom == 0 or noise == 0:
        return None
    ratio = (square / freedom) / (noise / noise_freedom)
    return float(fdtrc(freedom, noise_freedom, ratio))


def _best(
    spread: Table, axes: tuple[int, ...], levels: Sequence[Sequence[str]], mode: str
) -> tuple[tuple[str, str], ...]:
    """Return the best value of the second key for each value of the first.

    Args:
        spread: the runs minus their mean, `[*levels, seeds]`.
        axes: the axes of the two keys.
        levels: the values of each key.
        mode: `max` if larger values are better, else `min`.
    """
    means = _means(spread, axes)
    places = means.argmax(1) if mode == "max" else means.argmin(1)
    first, second = (levels[axis] for axis in axes)
    return tuple((value, second[place]) for value, place in zip(first, places, strict=True))
