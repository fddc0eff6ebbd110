"""The statistical plan of a sweep, on which the marks of its leaderboard depend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Incomplete = Literal["keep", "refuse"]
"""The treatment of a configuration with missing runs: it takes part in a comparison, or not."""


@dataclass(frozen=True)
class RacePlan:
    """The rounds of a race; in each of them, every configuration still in gets one more run.

    Attributes:
        rounds: the seed of each round, as the leaderboard names it.
        configurations: number of configurations at the start.
    """

    rounds: Sequence[str]
    configurations: int


@dataclass(frozen=True)
class Plan:
    """The decisions about a comparison that precede its results.

    Attributes:
        seeds: the seeds that were planned when the sweep began; empty if that is unknown.
        margin: the largest difference to the best that still counts as equal; None if equality is
            never claimed.
        race: the rounds of a race; None if the sweep is not a race.
        incomplete: `refuse` leaves out configurations of which a run has ended without a value.
    """

    seeds: Sequence[str] = ()
    margin: float | None = None
    race: RacePlan | None = None
    incomplete: Incomplete = "keep"


NO_PLAN = Plan()
