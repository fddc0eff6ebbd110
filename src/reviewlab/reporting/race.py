"""A race: configurations that are worse than the best get no more runs.

`docs/explanation/racing.md` explains the rules and gives their cost and error rates.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np

from reviewlab.reporting.equivalence import equal_in_rounds
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import OUTSTANDING, SeedTable, same_settings, seed_table
from reviewlab.reporting.sequential import LOOK, Look, smallest
from reviewlab.reporting.statistics import LEVEL, Table
from reviewlab.reporting.step_down import Contest, PairTests, compete

ROUND = 2.5
"""Factor of the p value after the last planned round; `racing.md` says how it was chosen."""

Ended = Mapping[str, Row]
"""The runs of one configuration that have ended, with or without a value, by seed."""


Round = tuple[SeedTable, Table]
"""The results after a round, and the factor of their p values."""


@dataclass(frozen=True)
class Standing:
    """The standing of a race after its complete rounds.

    Attributes:
        plan: the rounds of the race.
        complete: number of complete rounds.
        left: indices of the configurations still in, best first.
        out: for each other configuration, the round after which it was dropped.
        dropped_p: for each dropped configuration that was worse, the p value that says so.
        looks: the results after each complete round.
        over: why no further round is needed; empty if the race goes on.
    """

    plan: RacePlan
    complete: int
    left: Sequence[int]
    out: Mapping[int, int]
    dropped_p: Mapping[int, float]
    looks: Sequence[Round]
    over: str = ""

    @property
    def undecided(self) -> int:
        """Number of pairs of configurations still in without a difference, at least 1."""
        return _compete(self.looks, self.left[0]).undecided if self.looks and self.left else 1

    def worse_p(self, best: int) -> Table:
        """Return the adjusted p value `[configurations]` for each row's difference to row `best`.

        A row that was dropped as worse than the best of that time stays worse.
        """
        if not self.looks:
            return np.full(len(self.left) + len(self.out), np.nan)
        p = _compete(self.looks, best).worse
        for row, dropped in self.dropped_p.items():
            p[row] = np.fmin(p[row], dropped)
        return p

    def equal_p(self, best: int, margin: float | None) -> Table:
        """Return the adjusted p value `[configurations]` for each row's equality with row `best`.

        All are NaN without a margin. A row that was dropped as worse is not equal.
        """
        if margin is None or not self.looks:
            return np.full(len(self.left) + len(self.out), np.nan)
        p = equal_in_rounds(self.looks, best, margin)
        p[[*self.dropped_p]] = 1.0
        return p

    def sentence(self, runs: int) -> str:
        """Say how the race stands, after so many runs."""
        total, field = len(self.plan.rounds), self.plan.configurations
        where = f"round {self.complete + 1} of {total}"
        if self.over:
            where = f"over after round {self.complete} of {total}, as {self.over}"
        still = f"{len(self.left)} of {field} still in"
        what = "confirmation, " if self.plan.confirms else ""
        return f"{what}{where}: {still}; {runs} of at most {field * total} runs"


def ended_runs(
    groups: Sequence[Sequence[Row]], unfinished: Sequence[Sequence[Row]], others: Sequence[Row]
) -> list[dict[str, Row]]:
    """Collect the runs of each configuration that have ended, by seed.

    Args:
        groups: the runs with a value, by configuration.
        unfinished: the runs without a value, for each of these configurations.
        others: all runs without a value. Configurations of which no run has a value follow the
            others.
    """
    lost: dict[str, list[Row]] = defaultdict(list)
    known = {row.folder for rows in unfinished for row in rows}
    for row in others:
        if row.settings and row.folder not in known:
            lost[same_settings(row.settings)].append(row)
    pairs = [*zip(groups, unfinished, strict=True), *(((), rows) for rows in lost.values())]
    return [
        {row.seed: row for row in [*without, *measured] if row.state not in OUTSTANDING}
        for measured, without in pairs
    ]


def stand(configurations: Sequence[Ended], plan: Plan, mode: str) -> Standing:
    """Return the standing of a race.

    A configuration is dropped after a round if it is marked worse then, or if none of its first two
    runs or more has a value. Only complete rounds count, and for each configuration only the rounds
    in which it was still in. So the standing does not depend on the order in which runs end, nor on
    runs of later rounds that began early.

    Args:
        configurations: the runs of each configuration that have ended. Configurations that are
            missing count as having none.
        plan: the statistical plan, with the rounds of the race.
        mode: `max` if larger values are better, else `min`.
    """
    if plan.race is None:
        raise ValueError("the plan has no race")
    field = [*configurations]
    field += [{} for _ in range(plan.race.configurations - len(field))]
    standing = Standing(plan.race, 0, range(len(field)), {}, {}, ())
    for label in plan.race.rounds:
        if standing.over or not all(label in field[row] for row in standing.left):
            break
        standing = _after_round(standing, field, plan, mode)
    return standing


def _after_round(before: Standing, field: Sequence[Ended], plan: Plan, mode: str) -> Standing:
    """Return the standing after one more complete round.

    Args:
        before: the standing before the round.
        field: the ended runs of each configuration.
        plan: the statistical plan.
        mode: `max` if larger values are better, else `min`.
    """
    number = before.complete + 1
    runs = [
        _measured(ended, before.plan.rounds[: before.out.get(row, number)])
        for row, ended in enumerate(field)
    ]
    contending = np.isin(np.arange(len(field)), before.left)
    table = replace(seed_table(runs), contending=contending)
    looks = [*before.looks, (table, factor(number, len(plan.seeds)))]
    left = sorted(before.left, key=lambda row: _rank(runs[row], mode))
    best, others = left[0], left[1:]
    p, equal = _compete(looks, best).worse, _equal(looks, best, plan.margin)
    worse = {row: float(p[row]) for row in others if p[row] < LEVEL and row not in equal}
    lost = [row for row in left if number > 1 and not runs[row]]
    left = [row for row in left if row not in worse and row not in lost]
    return Standing(
        before.plan,
        number,
        left,
        {**before.out, **dict.fromkeys([*worse, *lost], number)},
        {**before.dropped_p, **worse},
        looks,
        _end(left, equal, plan.margin, before.plan, number),
    )


def factor(number: Table | int, planned: int) -> Table:
    """Return the factor that makes a p value after a round valid although one looks at each round.

    Most of the 5 % is spent on the last planned rounds; rounds beyond them are as costly as in any
    other sweep.

    Args:
        number: number of the round, from 1, or several.
        planned: number of rounds planned when the sweep began.
    """
    within = number <= planned
    return np.where(within, ROUND * (planned / number) ** 2, LOOK * number / planned)


def _compete(looks: Sequence[Round], best: int) -> Contest:
    """Compare the configurations that ran in the last round with row `best`, over all rounds.

    Args:
        looks: the results after each round.
        best: index of the row.
    """
    p = smallest([Look(PairTests(table, best).now, factor) for table, factor in looks])
    return compete(p, best, looks[-1][0].in_contention)


def _equal(looks: Sequence[Round], best: int, margin: float | None) -> Collection[int]:
    """Return the rows that are shown to be equal to row `best`.

    Args:
        looks: the results after each round.
        best: index of the row that the others are compared with.
        margin: the largest difference that counts as equal; None if equality is never claimed.
    """
    if margin is None:
        return ()
    return set(np.flatnonzero(equal_in_rounds(looks, best, margin) < LEVEL).tolist())


def _measured(ended: Ended, rounds: Sequence[str]) -> list[Row]:
    return [row for label in rounds if (row := ended.get(label)) and row.value is not None]


def _rank(runs: Sequence[Row], mode: str) -> tuple[bool, float, str]:
    """Return a sort key that puts the best configuration first, and those without a value last."""
    if not runs:
        return True, 0.0, ""
    value = mean(row.value for row in runs if row.value is not None)
    return False, -value if mode == "max" else value, runs[0].configuration_id


def _end(
    left: Sequence[int], equal: Collection[int], margin: float | None, race: RacePlan, number: int
) -> str:
    """Say why the race is over; empty if it goes on.

    A configuration that never had an opponent, the only one that a search confirms, runs in every
    round.

    Args:
        left: the configurations still in, best first.
        equal: the configurations that are equal to the best.
        margin: the margin of equality.
        race: the rounds of the race.
        number: number of the round, from 1.
    """
    if not left:
        return "none is left"
    if race.configurations > 1:
        if len(left) == 1:
            return "one is left"
        if all(row in equal for row in left[1:]):
            return f"those left are equal within {margin}"
    return "it was the last" if number == len(race.rounds) else ""
