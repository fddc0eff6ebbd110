"""The size of a configuration's difference to the best, and the seeds that would settle it."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from reviewlab.reporting.comparisons import paired_differences
from reviewlab.reporting.power import Noise, measure_noise, planned, seeds_needed
from reviewlab.reporting.race import Standing, factor
from reviewlab.reporting.sequential import look_factor
from reviewlab.reporting.statistics import Table
from reviewlab.reporting.step_down import PairTests


class Prospect(NamedTuple):
    """The difference between a configuration and the best; None where the noise is unknown.

    Attributes:
        effect: the difference in standard deviations of a single run's noise, like Cohen's d;
            negative if the configuration is worse.
        chance: the probability that one of its runs is better than a run of the best with the same
            seed.
        seeds_needed: number of seeds with which the comparison is decided in 80 % of sweeps, if the
            true difference is the one seen; None if it is decided, infinite if the number is too
            large to name.
    """

    effect: float | None = None
    chance: float | None = None
    seeds_needed: float | None = None


def prospects(
    tests: PairTests,
    undecided: Sequence[bool],
    mode: str,
    margin: float | None,
    race: Standing | None = None,
) -> list[Prospect]:
    """Return the prospect of each row of a table whose first row is the best.

    Args:
        tests: the tests of all pairs.
        undecided: for each row, whether its comparison with the best is still undecided.
        mode: `max` if larger values are better, else `min`.
        margin: the margin of equality; None to claim no equality.
        race: the standing of the race; None without one.
    """
    if not undecided:
        return []
    noise = measure_noise(tests.near, tests.best)
    ahead = tests.now.difference[:, tests.best] * (1 if mode == "max" else -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        effects, chances = ahead / noise.of_a_run, ndtr(ahead / noise.deviation)
    needed = np.full(len(ahead), np.nan)
    if any(undecided):
        needed = np.where(undecided, _needed(tests, noise, ahead, margin, race), np.nan)
    rows = zip(effects[1:], chances[1:], needed[1:], strict=True)
    return [Prospect(), *(Prospect(*map(_known, row)) for row in rows)]


def _needed(
    tests: PairTests, noise: Noise, ahead: Table, margin: float | None, race: Standing | None
) -> Table:
    """Return the number of seeds that each comparison with the first row needs in all.

    Args:
        tests: the tests of all pairs.
        noise: the noise of the comparisons.
        ahead: each row's lead over the first, negative if it is behind.
        margin: the margin of equality; None to claim no equality.
        race: the standing of the race; None without one.
    """
    table = tests.table
    least = paired_differences(table.values)[1][:, 0] + 1
    if race is not None:
        pairs, rounds = race.undecided, table.plan or len(race.plan.rounds)
        of_race = partial(factor, planned=rounds)
        return seeds_needed(ahead, noise, pairs, margin, of_race, least)
    pairs = tests.contest.undecided
    needed = seeds_needed(ahead, noise, pairs, margin, partial(look_factor, plan=table.plan), least)
    if table.plan is None:
        return needed
    enough = seeds_needed(ahead, noise, pairs, margin, planned) <= table.plan
    waiting = ~(table.complete & table.complete[0])
    return np.where(waiting & enough, np.fmin(needed, table.plan), needed)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
