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
        finalists: the trials of a search whose settings race here, by number, in the order in which
            they were chosen; empty before the search is over. None: the race is one of a grid.
    """

    rounds: Sequence[str]
    configurations: int
    finalists: Sequence[int] | None = None

    @property
    def confirms(self) -> bool:
        """True if the race confirms the best trials of a search."""
        return self.finalists is not None

    def includes(self, seed: str) -> bool:
        """Return True if runs with this seed are part of the race; a search's own runs are not."""
        return not self.confirms or seed in self.rounds


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
