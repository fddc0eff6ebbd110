"""Tests of equality within a margin, as explained in `docs/explanation/leaderboard.md`.

Two configurations are equal if two one-sided tests (Schuirmann 1987) show that neither leads the
other by the margin or more.
"""

from dataclasses import replace

import numpy as np

from reviewlab.reporting.comparisons import Comparisons
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import all_pairs, anytime_p, planned_pairs
from reviewlab.reporting.statistics import Table


def equal_to(table: SeedTable, best: int, margin: float) -> Table:
    """Return the adjusted p values `[configurations]` for each row's equality with row `best`.

    They are valid at any number of seeds, like those of `against`. The larger one of the two tests
    counts. Bonferroni's correction for the rows compared is enough: choosing the luckiest row as
    the best makes the others look further away, not closer.

    Args:
        table: the metric's values.
        best: index of the row that the others are compared with.
        margin: the smallest difference that is not equality.

    Returns:
        The p values; NaN for `best` itself and for rows about which nothing can be claimed.
    """
    p = np.maximum(*(_one_sided(table, best, shift) for shift in (-margin, margin)))
    adjusted: Table = np.minimum(p * np.isfinite(p).sum(), 1.0)
    return adjusted


def _one_sided(table: SeedTable, best: int, shift: float) -> Table:
    """Test if the order of `best` and each other row is certain once `best` has been shifted.

    Args:
        table: the metric's values.
        best: index of the row to shift.
        shift: the shift. If it is negative, a small p value says that the other row is better
            than `best` shifted; if it is positive, that it is worse.
    """
    moved = table.values.copy()
    moved[best] += shift
    shifted = replace(table, values=moved)
    now, planned = all_pairs(shifted), planned_pairs(shifted)
    before = None if planned is None else _towards(planned, shift, best)
    p = anytime_p(_towards(now, shift, best), before, table.plan)
    p[best] = np.nan
    return p


def _towards(tests: Comparisons, sign: float, best: int) -> Comparisons:
    """Return one-sided tests of row `best` for differences with this sign.

    Args:
        tests: two-sided tests of all pairs.
        sign: a number with the sign that the differences should have.
        best: index of the row.
    """
    difference, p = tests.difference[best], tests.p[best] / 2
    as_expected = np.sign(difference) == np.sign(sign)
    return Comparisons(difference, tests.seeds[best], np.where(as_expected, p, 1 - p))
