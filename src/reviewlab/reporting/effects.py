"""Does a setting help? The mean over everything else, for each of its values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from reviewlab.reporting.statistics import LEVEL, Residual, Table
from reviewlab.reporting.varied import Settings

NOISE = 1e-6
"""Relative; metrics are measured as float32, and equal ones may differ by as much."""


@dataclass(frozen=True)
class Level:
    """One value of a key.

    mean: over the compared runs.
    difference: to the key's best value, over the same other settings and seeds; half: of its 95 %
        interval, None where nothing is known of the noise.
    """

    value: str
    mean: float
    difference: float
    half: float | None

    @property
    def clear(self) -> bool | None:
        """True when it is worse than the best value; None where there is nothing to claim."""
        return None if self.half is None else abs(self.difference) > self.half


@dataclass(frozen=True)
class Effect:
    """One key: its values, best first; none where no other settings are shared by all values.

    settings, runs: how many other settings, and runs of each value, are compared.
    """

    key: str
    levels: Sequence[Level]
    settings: int = 0
    runs: int = 0


def main_effects(
    keys: Sequence[str],
    settings: Sequence[Settings],
    table: Table,
    left: Residual | None,
    mode: str,
) -> list[Effect]:
    """The main effect of each key.

    settings: of each row of `table` [configurations, seeds].

    Only blocks count - all other settings and the seed the same - in which every value of the key
    was measured, so that no value has an easier company. The variance of a difference over n
    blocks is 2/n times the residual one; Bonferroni over the pairs of the key's values.
    """
    return [_effect(key, settings, table, left, mode) for key in keys] if left else []


def _effect(
    key: str, settings: Sequence[Settings], table: Table, left: Residual, mode: str
) -> Effect:
    values, blocks = _blocks(key, settings)
    whole = [block for block in blocks if len(block) == len(values)]
    cells = [table[[block[value] for value in values]] for block in whole]  # [values, seeds] each
    cells = [cell[:, np.isfinite(cell).all(0)] for cell in cells]
    cells = [cell for cell in cells if cell.shape[1]]
    if not cells:
        return Effect(key, ())
    means = np.concatenate(cells, axis=1).mean(1)
    runs, sign = sum(cell.shape[1] for cell in cells), 1 if mode == "max" else -1
    order = sorted(range(len(values)), key=lambda i: (-sign * means[i], values[i]))
    best = order[0]
    half = _half(left, runs, len(values))
    levels = [
        Level(
            values[i],
            float(means[i]),
            0.0 if np.isclose(means[i], means[best], NOISE, 0) else float(means[i] - means[best]),
            half,
        )
        for i in order
    ]
    return Effect(key, levels, len(cells), runs)


def _blocks(key: str, settings: Sequence[Settings]) -> tuple[list[str], list[dict[str, int]]]:
    """The key's values, and for each setting of the others the row of each value."""
    blocks: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for row, one in enumerate(settings):
        blocks[tuple(v for k, v in one.items() if k != key)].setdefault(one[key], row)
    return sorted({one[key] for one in settings}), list(blocks.values())


def _half(left: Residual, runs: int, values: int) -> float | None:
    if left.degrees_of_freedom == 0:
        return None
    pairs = values * (values - 1) / 2
    quantile = stdtrit(left.degrees_of_freedom, 1 - LEVEL / 2 / max(1, pairs))
    return float(quantile * np.sqrt(2 * left.variance / runs))
