"""Main effects: the mean metric for each value of a key, over all other settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from reviewlab.reporting.blocks import Block, find_blocks, level_means, mean_difference
from reviewlab.reporting.comparisons import Comparisons, student_p
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import anytime_p
from reviewlab.reporting.statistics import LEVEL, Table, independent_runs
from reviewlab.reporting.varied import Settings


@dataclass(frozen=True)
class Level:
    """One value of a key.

    Attributes:
        value: the value as typed on a command line.
        mean: mean metric over the compared runs with this value.
        difference: `mean` minus the mean for the key's best value, over runs with the same other
            settings and seeds.
        half: half the width of the difference's 95 % interval, for a number of seeds decided
            beforehand; None if nothing can be claimed.
        p: adjusted p value of the difference, valid at any number of seeds; None if nothing can be
            claimed.
        exception: another key, and one of its values for which the difference vanishes or is
            reversed; None if there is no such value.
    """

    value: str
    mean: float
    difference: float
    half: float | None
    p: float | None
    exception: tuple[str, str] | None = None

    @property
    def beyond_noise(self) -> bool | None:
        """True if the difference is more than chance explains; None if nothing can be claimed."""
        return None if self.p is None else self.p < LEVEL

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
    table: SeedTable,
    mode: str,
    span: float | None = None,
) -> list[Effect]:
    """Compute the main effect of each key.

    Runs that share all other settings and the seed form a block. Only blocks in which every value
    of the key was measured are compared, so that no value is favoured by the settings it was run
    with. The variance of a difference over n blocks is 2/n times the residual variance; with k
    folds it is 2/n + 2/(k - 1) times, as if all blocks had the same training reviews. Intervals
    and p values are Bonferroni-corrected for the number of pairs of the key's values.

    Args:
        keys: the keys that vary.
        settings: the settings of each row of `table`.
        table: the metric's values. Nothing is claimed about an effect over fixed rows, since their
            runs repeat each other.
        mode: `max` if larger values are better, else `min`.
        span: largest minus smallest possible value of the metric; None if it is unbounded. An
            interval wider than this is meaningless and left out.

    Returns:
        The effects, in the order of `keys`.
    """
    return [_effect(key, settings, table, mode, span) for key in keys]


def _effect(
    key: str, settings: Sequence[Settings], table: SeedTable, mode: str, span: float | None
) -> Effect:
    values, blocks = find_blocks(key, settings, table)
    if not blocks:
        return Effect(key, ())
    means = level_means(blocks)
    runs, sign = sum(block.runs.shape[1] for block in blocks), 1 if mode == "max" else -1
    order = sorted(range(len(values)), key=lambda i: (-sign * means[i], values[i]))
    best, repeating = order[0], any(block.ignores_seed for block in blocks)
    half = None if repeating else _half(table, span, runs, len(values))
    p = _p_values(blocks, _planned_blocks(key, settings, table), table, best)
    levels = []
    for i in order:
        own = None if half is None else float(p[i])
        level = Level(values[i], float(means[i]), mean_difference(means, i, best), half, own)
        if level.beyond_noise:
            level = replace(level, exception=_exception(blocks, i, best))
        levels.append(level)
    return Effect(key, levels, len(blocks), runs, repeating)


def _p_values(
    blocks: Sequence[Block], planned: Sequence[Block], table: SeedTable, best: int
) -> Table:
    """Return the adjusted p value of each level's difference to the best level.

    Args:
        blocks: the key's blocks.
        planned: the same blocks with the planned seeds alone; empty without a complete plan.
        table: the metric's values.
        best: index of the best level.
    """
    now = _tests(blocks, table, best)
    before = _tests(planned, table.planned_part, best) if planned else None
    return anytime_p(now, before, table.plan)


def _tests(blocks: Sequence[Block], table: SeedTable, best: int) -> Comparisons:
    """Compare each level with the best level; p values are corrected for all pairs of levels.

    Args:
        blocks: the key's blocks.
        table: the values from which the blocks were made.
        best: index of the best level.
    """
    means, runs = level_means(blocks), sum(block.runs.shape[1] for block in blocks)
    differences = np.array([mean_difference(means, i, best) for i in range(len(means))])
    pairs = max(1.0, len(means) * (len(means) - 1) / 2)
    independent = independent_runs(np.full(len(means), float(runs)), table.overlap)
    p = pairs * student_p(differences, independent, table.left)
    return Comparisons(differences, np.full(len(means), runs / len(blocks)), p)


def _planned_blocks(key: str, settings: Sequence[Settings], table: SeedTable) -> list[Block]:
    """Return the blocks of the planned seeds; empty if some of their runs have not ended.

    Args:
        key: the key whose values are compared.
        settings: the settings of each row of `table`.
        table: the metric's values.
    """
    if table.plan is None:
        return []
    _, blocks = find_blocks(key, settings, table.planned_part)
    return blocks if all(block.complete for block in blocks) else []


def _exception(blocks: Sequence[Block], level: int, best: int) -> tuple[str, str] | None:
    """Find another key's value for which a level is not worse than the best level.

    Args:
        blocks: the key's blocks.
        level: index of the level.
        best: index of the best level.
    """
    whole = mean_difference(level_means(blocks), level, best)
    for key in blocks[0].rest:
        for value in dict.fromkeys(block.rest[key] for block in blocks):
            part = level_means([block for block in blocks if block.rest[key] == value])
            if mean_difference(part, level, best) * whole <= 0:
                return key, value
    return None


def _half(table: SeedTable, span: float | None, runs: int, values: int) -> float | None:
    left = table.left
    if left.degrees_of_freedom == 0:
        return None
    pairs = values * (values - 1) / 2
    quantile = stdtrit(left.degrees_of_freedom, 1 - LEVEL / 2 / max(1, pairs))
    half = float(quantile * np.sqrt(2 * left.variance * (1 / runs + table.overlap)))
    return None if span is not None and 2 * half > span else half
