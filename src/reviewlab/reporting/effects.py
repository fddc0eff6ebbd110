"""Main effects: the mean metric for each value of a key, over all other settings."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from reviewlab.reporting.statistics import LEVEL, Residual, Table
from reviewlab.reporting.varied import Settings

NOISE = 1e-6
"""Relative difference up to which metrics count as equal, since they are computed in float32."""


@dataclass(frozen=True)
class Level:
    """One value of a key.

    Attributes:
        value: the value as typed on a command line.
        mean: mean metric over the compared runs with this value.
        difference: `mean` minus the mean for the key's best value, over runs with the same other
            settings and seeds.
        half: half the width of the difference's 95 % interval; None if nothing can be claimed.
        exception: another key, and one of its values for which the difference vanishes or is
            reversed; None if there is no such value.
    """

    value: str
    mean: float
    difference: float
    half: float | None
    exception: tuple[str, str] | None = None

    @property
    def beyond_noise(self) -> bool | None:
        """True if zero is outside the difference's interval; None if nothing can be claimed."""
        return None if self.half is None else abs(self.difference) > self.half

    @property
    def clear(self) -> bool | None:
        """True if this value is worse than the best, whatever values the other keys have."""
        return self.beyond_noise and self.exception is None


@dataclass(frozen=True)
class Effect:
    """The effect of one key.

    Attributes:
        key: the key.
        levels: the key's values, best first; empty if no combination of the other settings was
            measured with every value.
        settings: number of combinations of the other settings over which values are compared.
        runs: number of compared runs of each value.
        ignores_seed: True if a compared configuration gives the same result with every seed, so
            that nothing is claimed.
    """

    key: str
    levels: Sequence[Level]
    settings: int = 0
    runs: int = 0
    ignores_seed: bool = False


def main_effects(
    keys: Sequence[str],
    settings: Sequence[Settings],
    table: Table,
    left: Residual | None,
    mode: str,
    span: float | None = None,
    fixed: NDArray[np.bool_] | None = None,
) -> list[Effect]:
    """Compute the main effect of each key.

    Runs that share all other settings and the seed form a block. Only blocks in which every value
    of the key was measured are compared, so that no value is favoured by the settings it was run
    with. The variance of a difference over n blocks is 2/n times the residual variance. Intervals
    are Bonferroni-corrected for the number of pairs of the key's values.

    Args:
        keys: the keys that vary.
        settings: the settings of each row of `table`.
        table: the metric's values, float64 `[configurations, seeds]`.
        left: the noise, estimated from the rows that are not `fixed`; None if there are no rows.
        mode: `max` if larger values are better, else `min`.
        span: largest minus smallest possible value of the metric; None if it is unbounded. An
            interval wider than this is meaningless and left out.
        fixed: bool `[configurations]`; True for rows whose seeds all gave the same result. Nothing
            is claimed about an effect over such rows, since their runs repeat each other.

    Returns:
        The effects, in the order of `keys`.
    """
    if not left:
        return []
    fixed = np.zeros(len(table), bool) if fixed is None else fixed
    half_of = partial(_half, left, span)
    return [_effect(key, settings, table, mode, half_of, fixed) for key in keys]


class Block(NamedTuple):
    """Runs that share all settings except one key.

    Attributes:
        rest: the settings of the other keys.
        runs: the metric's values, float64 `[values of the key, seeds]`, only for seeds with a run
            of every value.
        ignores_seed: True if one of the configurations gives the same result with every seed.
    """

    rest: Settings
    runs: Table
    ignores_seed: bool


def _effect(
    key: str,
    settings: Sequence[Settings],
    table: Table,
    mode: str,
    half_of: Callable[[int, int], float | None],
    fixed: NDArray[np.bool_],
) -> Effect:
    values, blocks = _blocks(key, settings, table, fixed)
    if not blocks:
        return Effect(key, ())
    means = _means(blocks)
    runs, sign = sum(block.runs.shape[1] for block in blocks), 1 if mode == "max" else -1
    order = sorted(range(len(values)), key=lambda i: (-sign * means[i], values[i]))
    best, repeating = order[0], any(block.ignores_seed for block in blocks)
    half = None if repeating else half_of(runs, len(values))
    levels = []
    for i in order:
        level = Level(values[i], float(means[i]), _difference(means, i, best), half)
        if level.beyond_noise:
            level = replace(level, exception=_exception(blocks, i, best))
        levels.append(level)
    return Effect(key, levels, len(blocks), runs, repeating)


def _exception(blocks: Sequence[Block], level: int, best: int) -> tuple[str, str] | None:
    """Find another key's value for which a level is not worse than the best level.

    Args:
        blocks: the key's blocks.
        level: index of the level.
        best: index of the best level.
    """
    whole = _difference(_means(blocks), level, best)
    for key in blocks[0].rest:
        for value in dict.fromkeys(block.rest[key] for block in blocks):
            part = _means([block for block in blocks if block.rest[key] == value])
            if _difference(part, level, best) * whole <= 0:
                return key, value
    return None


def _means(blocks: Sequence[Block]) -> Table:
    means: Table = np.concatenate([block.runs for block in blocks], axis=1).mean(1)
    return means


def _difference(means: Table, level: int, best: int) -> float:
    same = np.isclose(means[level], means[best], NOISE, 0)
    return 0.0 if same else float(means[level] - means[best])


def _blocks(
    key: str, settings: Sequence[Settings], table: Table, fixed: NDArray[np.bool_]
) -> tuple[list[str], list[Block]]:
    rows: dict[tuple[tuple[str, str], ...], dict[str, int]] = defaultdict(dict)
    for row, one in enumerate(settings):
        rows[tuple((k, v) for k, v in one.items() if k != key)].setdefault(one[key], row)
    values = sorted({one[key] for one in settings})
    blocks = []
    for rest, of_value in rows.items():
        if len(of_value) == len(values):
            numbers = [of_value[value] for value in values]
            cell = table[numbers]
            shared = cell[:, np.isfinite(cell).all(0)]
            if shared.shape[1]:
                blocks.append(Block(dict(rest), shared, bool(fixed[numbers].any())))
    return values, blocks


def _half(left: Residual, span: float | None, runs: int, values: int) -> float | None:
    if left.degrees_of_freedom == 0:
        return None
    pairs = values * (values - 1) / 2
    quantile = stdtrit(left.degrees_of_freedom, 1 - LEVEL / 2 / max(1, pairs))
    half = float(quantile * np.sqrt(2 * left.variance / runs))
    return None if span is not None and 2 * half > span else half
