"""Tests that stay valid when seeds are added, as explained in `docs/explanation/leaderboard.md`.

A test at 5 % that is repeated after every new seed is wrong far more often than in 5 %. Here the
seeds that a sweep planned when it began are tested once with four of the five per cent. The rest
pays for looking at any other number of seeds. This is a group-sequential test (Pocock 1977; Lan and
DeMets 1983) whose levels were chosen by simulation.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reviewlab.reporting.comparisons import Comparisons, beside_fixed, pairwise
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.statistics import Table

PLANNED = 1.25
"""Factor of the planned seeds' p value: it is below .05 where the test's own is below .04."""

LOOK = 15.0
"""Factor of the p value at the planned number of seeds, and more at any other number."""

UNPLANNED = 4.0
"""The same factor if no number was planned, so that the looks have the whole 5 %."""

USUAL = 3
"""Number of seeds at which the test is sharpest if none was planned."""


class Look(NamedTuple):
    """Tests of the results at one time, and the factor that pays for looking at other times too."""

    tests: Comparisons
    factor: Table | float


Test = Callable[[SeedTable], Comparisons]
"""Tests all pairs of a table."""


def anytime_p(now: Comparisons, planned: Comparisons | None, plan: int | None) -> Table:
    """Return p values that are valid at any number of seeds, so that one may stop at will.

    With S seeds of which N were planned, p is the smaller one of 1.25 times the planned seeds' p
    value and 15 max(S/N, N/S) times that of all seeds. Without a plan, it is 4 max(S/3, 3/S) times
    the latter.

    Args:
        now: tests with all seeds.
        planned: tests with the planned seeds alone, with NaN where some of their runs have not
            ended; a test whose difference has another sign by now does not count. None without a
            plan.
        plan: the planned number of seeds.
    """
    before = [] if planned is None else [Look(planned, PLANNED)]
    return smallest([*before, Look(now, look_factor(now.seeds, plan))])


def look_factor(seeds: Table, plan: int | None) -> Table:
    """Return the factor of a p value at a number of seeds that one may have looked for.

    Args:
        seeds: numbers of seeds.
        plan: the planned number of seeds; None if none was planned.
    """
    factor, sharpest = (UNPLANNED, USUAL) if plan is None else (LOOK, plan)
    with np.errstate(divide="ignore"):
        factors: Table = factor * np.maximum(seeds / sharpest, sharpest / seeds)
    return factors


def smallest(looks: Sequence[Look]) -> Table:
    """Return the smallest p value of several looks, each multiplied by its factor.

    A look does not count if its difference has another sign than that of the last look.
    """
    last = looks[-1].tests
    p = np.full(last.p.shape, np.nan)
    for tests, factor in looks:
        agrees = np.sign(tests.difference) == np.sign(last.difference)
        p = np.fmin(p, np.where(agrees, factor * tests.p, np.nan))
    valid: Table = np.minimum(p, 1.0)
    return valid


def promise(plan: int | None, marks: str = "worse", unit: str = "seed", race: bool = False) -> str:
    """Say how often marks are wrong, and for which numbers of seeds that holds.

    >>> promise(3)
    'worse: wrong in at most 5 % of tables, even if seeds are added to the 3 planned'

    Args:
        plan: the planned number of seeds; None if none was planned.
        marks: the marks that are meant.
        unit: the word for what is counted, such as `run` if there are folds as well.
        race: True if the sweep is a race.
    """
    seeds = f"with any number of {unit}s (none was planned)"
    if plan is not None:
        seeds = f"even if {unit}s are added to the {plan} planned"
    if race:
        seeds = f"in the whole race over the {plan} planned {unit}s, or more"
    return f"{marks}: wrong in at most 5 % of tables, {seeds}"


def planned_pairs(table: SeedTable, now: Comparisons, test: Test) -> Comparisons | None:
    """Test all pairs with the planned seeds alone; None without a plan.

    Args:
        table: the metric's values.
        now: tests with all seeds of `table`, which are mostly the planned ones.
        test: tests all pairs of a table.
    """
    if table.plan is None:
        return None
    tests = now if table.planned.all() else test(table.planned_part)
    both = table.complete[:, None] & table.complete
    return tests._replace(p=np.where(both, tests.p, np.nan))


def all_pairs(table: SeedTable) -> Comparisons:
    """Test all pairs of configurations on the seeds that both have."""
    tests = pairwise(table.values, table.left, table.overlap, table.noisy)
    if not table.fixed.any():
        return tests
    return beside_fixed(tests, table.values, table.fixed, table.overlap)
