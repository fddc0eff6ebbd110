"""The statistical plan of a sweep, on which the marks of its leaderboard depend."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The decisions about a comparison that precede its results.

    Attributes:
        seeds: the seeds that were planned when the sweep began; empty if that is unknown.
        margin: the largest difference to the best that still counts as equal; None if equality is
            never claimed.
    """

    seeds: Sequence[str] = ()
    margin: float | None = None


NO_PLAN = Plan()
