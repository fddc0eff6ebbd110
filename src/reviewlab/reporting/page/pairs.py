"""Two keys at a time: the mean of the runs for each combination of their levels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.scale import Levels, levels
from reviewlab.reporting.statistics import Table


@dataclass(frozen=True)
class Pair:
    """The mean metric for each combination of the levels of two keys.

    Attributes:
        first: index of the key whose levels are the heat map's columns.
        second: index of the key whose levels are the heat map's rows.
        means: float64 `[levels of the second, levels of the first]`; NaN where nothing was run.
        runs: number of runs behind each mean, in the same shape.
        fair: whether the runs of all cells agree in every other setting, so that the cells can be
            compared.
    """

    first: int
    second: int
    means: Table
    runs: Table
    fair: bool


def key_levels(board: Leaderboard) -> list[Levels]:
    """For each varied key, return its levels, and which of them each leaderboard line has."""
    return [levels([line.settings[key] for line in board.lines]) for key in board.keys]


def pairs(board: Leaderboard, of: Sequence[Levels]) -> list[Pair]:
    """Compute the cells of a heat map for every ordered pair of keys.

    Args:
        board: the leaderboard.
        of: the levels of each key.
    """
    return [_pair(board, of, a, b) for a, b in permutations(range(len(of)), 2)]


def _pair(board: Leaderboard, of: Sequence[Levels], first: int, second: int) -> Pair:
    shape = len(of[second].labels), len(of[first].labels)
    sums, runs = np.zeros(shape), np.zeros(shape)
    company: dict[tuple[int, int], set[tuple[str, ...]]] = {}
    rest = [key for place, key in enumerate(board.keys) if place not in (first, second)]
    for i, line in enumerate(board.lines):
        cell = of[second].of[i], of[first].of[i]
        sums[cell] += line.mean * line.n
        runs[cell] += line.n
        company.setdefault(cell, set()).add(tuple(line.settings[key] for key in rest))
    with np.errstate(invalid="ignore"):
        means = np.where(runs > 0, sums / runs, np.nan)
    return Pair(first, second, means, runs, len({frozenset(c) for c in company.values()}) == 1)
