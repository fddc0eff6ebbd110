"""Blocks of runs that differ in one key, over which the key's values are compared."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.statistics import Table
from reviewlab.reporting.varied import Settings

NOISE = 1e-6
"""Relative difference up to which metrics count as equal, since they are computed in float32."""


class Block(NamedTuple):
    """Runs that share all settings except one key.

    Attributes:
        rest: the settings of the other keys.
        runs: the metric of each run, float64 `[values of the key, seeds]`; only seeds that have a
            run for every value of the key.
        ignores_seed: True if one of the configurations gives the same result with every seed.
        complete: True if all planned runs of the configurations have ended.
    """

    rest: Settings
    runs: Table
    ignores_seed: bool
    complete: bool


def level_means(blocks: Sequence[Block]) -> Table:
    """Return the mean over all blocks for each value of the key, float64 `[values]`."""
    means: Table = np.concatenate([block.runs for block in blocks], axis=1).mean(1)
    return means


def mean_difference(means: Table, level: int, best: int) -> float:
    """Return a mean minus the best one; 0 if float32 cannot tell them apart.

    Args:
        means: the mean for each value of the key.
        level: index of the value.
        best: index of the best value.
    """
    same = np.isclose(means[level], means[best], NOISE, 0)
    return 0.0 if same else float(means[level] - means[best])


def find_blocks(
    key: str, settings: Sequence[Settings], table: SeedTable
) -> tuple[list[str], list[Block]]:
    """Find a key's values, sorted as text, and the blocks in which each of them was measured.

    Args:
        key: the key.
        settings: the settings of each row of `table`.
        table: the metric's values.
    """
    rows: dict[tuple[tuple[str, str], ...], dict[str, int]] = defaultdict(dict)
    for row, one in enumerate(settings):
        rows[tuple((k, v) for k, v in one.items() if k != key)].setdefault(one[key], row)
    values = sorted({one[key] for one in settings})
    blocks = []
    for rest, of_value in rows.items():
        if len(of_value) == len(values):
            numbers = [of_value[value] for value in values]
            cell = table.values[numbers]
            shared = cell[:, np.isfinite(cell).all(0)]
            if shared.shape[1]:
                fixed, complete = table.fixed[numbers].any(), table.complete[numbers].all()
                blocks.append(Block(dict(rest), shared, bool(fixed), bool(complete)))
    return values, blocks
