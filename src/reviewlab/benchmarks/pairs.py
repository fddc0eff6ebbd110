"""Two ways of doing the same work, measured in turn."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Measure = Callable[[], float]


@dataclass
class Pairs:
    """What both ways took, pair by pair, in one unit.

    Whatever slows the machine down for a while slows both halves of a pair, so that the median of
    the pairs' ratios holds where the two medians would not.
    """

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of how many times the reference ours took."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours / reference for ours, reference in pairs)

    @property
    def difference(self) -> float:
        """The median of how much more ours took."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours - reference for ours, reference in pairs)


def alternate(ours: Measure, reference: Measure, pairs: int) -> Pairs:
    """Measure one way and the other in turn; each returns what it took."""
    measured = Pairs()
    for _ in range(pairs):
        measured.ours.append(ours())
        measured.reference.append(reference())
    return measured


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
