"""Compare each configuration with the best one."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from reviewlab.reporting.equivalence import equal_to
from reviewlab.reporting.race import Standing
from reviewlab.reporting.statistics import LEVEL
from reviewlab.reporting.step_down import PairTests

Verdict = Literal["best", "equal", "undecided", "worse", "unknown"]
"""The comparison with the best.

equal: within the margin; undecided: neither worse nor equal so far; unknown: nothing can be
claimed, since the seeds are too few or change nothing.
"""


class Mark(NamedTuple):
    """A configuration's comparison with the best, with the fields of `Line`."""

    verdict: Verdict
    p: float | None = None
    p_equal: float | None = None
    dropped: int | None = None


def marks(tests: PairTests, margin: float | None) -> list[Mark]:
    """Compare each row with the first one, which is the best.

    Args:
        tests: the tests of all pairs, best row first.
        margin: the margin of equality; None to claim no equality.
    """
    if not len(tests.table.values):
        return []
    worse = tests.contest.worse
    equal = np.full(len(worse), np.nan)
    if margin is not None:
        equal = equal_to(tests.near, tests.best, margin)
    return [Mark("best"), *map(_mark, map(float, worse[1:]), map(float, equal[1:]))]


def race_marks(race: Standing, order: Sequence[int], margin: float | None) -> list[Mark]:
    """Compare each row of a race with the best one.

    Args:
        race: the standing of the race.
        order: for each row, its index in the race; the best is the first.
        margin: the margin of equality.
    """
    if not order:
        return []
    best, others = order[0], order[1:]
    worse, equal = race.worse_p(best), race.equal_p(best, margin)
    found = [Mark("best"), *(_mark(float(worse[i]), float(equal[i])) for i in others)]
    rounds = map(race.out.get, order)
    return [mark._replace(dropped=last) for mark, last in zip(found, rounds, strict=True)]


def _mark(p: float, p_equal: float) -> Mark:
    """Decide between equal, worse and neither; a difference within the margin is no matter."""
    if not math.isfinite(p):
        return Mark("unknown")
    verdict: Verdict = "worse" if p < LEVEL else "undecided"
    if not math.isfinite(p_equal):
        return Mark(verdict, p)
    return Mark("equal" if p_equal < LEVEL else verdict, p, p_equal)
