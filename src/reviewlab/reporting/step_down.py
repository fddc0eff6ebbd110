"""The comparison of each configuration with the best, as explained in `leaderboard.md`.

Rows that are worse than the best are left out step by step, with their pairs and their noise: a
configuration that is far behind should not make it harder to tell the others apart.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.reporting.comparisons import Comparisons, holm
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import all_pairs, anytime_p, planned_pairs
from reviewlab.reporting.statistics import LEVEL, Table

FAR = 0.01
"""The adjusted p value below which a row is so far behind the best that its noise is left out."""


class Contest(NamedTuple):
    """The comparison of each row with the best one.

    Attributes:
        worse: the adjusted p values `[configurations]`; NaN for the best row and for rows about
            which nothing can be claimed.
        undecided: number of pairs without a difference among the rows that are left, at least 1.
    """

    worse: Table
    undecided: int


def compete(p: Table, best: int, rows: NDArray[np.bool_]) -> Contest:
    """Leave out the rows that are worse than the best, until none of the others is.

    Each time, Holm's method is applied to all pairs of the rows that are left: the best row was
    chosen by its results, so any of them could have been the best.

    Args:
        p: the p values `[C, C]` of all pairs.
        best: index of the row with the best mean.
        rows: bool `[C]`, the rows that are compared.
    """
    worse = np.full(len(p), np.nan)
    while True:
        adjusted = adjust(p, rows)
        found = np.maximum(adjusted[best], np.fmax.reduce(worse[~rows], initial=0.0))
        worse = np.where(rows, found, worse)
        left = rows & ~(found < LEVEL)
        if (left == rows).all():
            undecided = (adjusted[np.triu_indices(len(p), 1)] >= LEVEL).sum()
            return Contest(worse, max(int(undecided), 1))
        rows = left


@dataclass(frozen=True)
class PairTests:
    """The tests of a table's configurations, computed on first use and kept.

    Attributes:
        table: the metric's values.
        best: index of the row with the best mean.
    """

    table: SeedTable
    best: int = 0

    @property
    def near(self) -> SeedTable:
        """The table, with the noise of the rows that are not far behind the best."""
        return self._stepped[0]

    @property
    def now(self) -> Comparisons:
        """The tests with all seeds so far, `[C, C]`."""
        return self._stepped[1]

    @cached_property
    def _stepped(self) -> tuple[SeedTable, Comparisons]:
        """Test all pairs, leave out the noise of rows that are far behind, and test the rest again.

        Rows that are far behind are often noisier too, for instance with a step size that is too
        large. They keep the tests by which they were found to be far behind.
        """
        rows, table, tests = self.table.in_contention, self.table, all_pairs(self.table)
        while True:
            left = rows & ~(adjust(tests.p, rows)[self.best] < FAR)
            if (left == rows).all():
                return table, tests
            rows, table = left, replace(table, contending=left)
            p = tests.p.copy()
            p[np.ix_(rows, rows)] = all_pairs(self.table.part(rows)).p
            tests = tests._replace(p=p)

    @cached_property
    def contest(self) -> Contest:
        """The comparison of each row with the best one."""
        planned = planned_pairs(self.table, self.now, lambda part: PairTests(part, self.best).now)
        p = anytime_p(self.now, planned, self.table.plan)
        return compete(p, self.best, self.table.in_contention)


def against(table: SeedTable, best: int) -> Table:
    """Return the adjusted p values `[configurations]` for comparing each row with row `best`.

    Args:
        table: the metric's values.
        best: index of the row that the others are compared with.

    Returns:
        The p values; NaN for `best` itself and for rows about which nothing can be claimed.
    """
    return PairTests(table, best).contest.worse


def adjust(p: Table, rows: NDArray[np.bool_]) -> Table:
    """Adjust the p values of all pairs of some rows by Holm's method; those of others are NaN.

    Args:
        p: p values `[C, C]`.
        rows: bool `[C]`.
    """
    pairs = np.triu(rows[:, None] & rows, 1)
    adjusted = np.full(p.shape, np.nan)
    adjusted[pairs] = holm(p[pairs])
    both: Table = np.fmax(adjusted, adjusted.T)
    return both
