"""Tests of equality within a margin, as explained in `docs/explanation/leaderboard.md`.

Two configurations are equal if two one-sided tests (Schuirmann 1987) show that neither leads the
other by the margin or more.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from reviewlab.reporting.comparisons import Comparisons
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.sequential import Look, all_pairs, anytime_p, planned_pairs, smallest
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

    def one_sided(shift: float) -> Table:
        shifted = _shifted(table, best, shift)
        now = all_pairs(shifted)
        planned = planned_pairs(shifted, now, all_pairs)
        before = None if planned is None else _towards(planned, shift, best)
        return anytime_p(_towards(now, shift, best), before, table.plan)

    return _two_sided(one_sided, best, margin)


def equal_in_rounds(looks: Sequence[tuple[SeedTable, Table]], best: int, margin: float) -> Table:
    """Return the same p values as `equal_to` for a race, which looks after each round.

    Args:
        looks: the results after each round, with the factor of their p values.
        best: index of the row that the others are compared with.
        margin: the smallest difference that is not equality.
    """

    def one_sided(shift: float) -> Table:
        tests = (all_pairs(_shifted(table, best, shift)) for table, _ in looks)
        sides = (_towards(test, shift, best) for test in tests)
        factors = (factor for _, factor in looks)
        return smallest([*map(Look, sides, factors)])

    return _two_sided(one_sided, best, margin)


def _two_sided(one_sided: Callable[[float], Table], best: int, margin: float) -> Table:
    """Combine two one-sided tests of row `best` with each other row.

    Args:
        one_sided: function that returns the p values `[configurations]` for the order of `best` and
            each other row, once `best` has been shifted by its argument. After a negative shift, a
            small p value says that the other row is better; after a positive one, that it is worse.
        best: index of the row.
        margin: the size of the shift.
    """
    p = np.maximum(one_sided(-margin), one_sided(margin))
    p[best] = np.nan
    adjusted: Table = np.minimum(p * np.isfinite(p).sum(), 1.0)
    return adjusted


def _shifted(table: SeedTable, best: int, shift: float) -> SeedTable:
    values = table.values.copy()
    values[best] += shift
    return replace(table, values=values)


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
