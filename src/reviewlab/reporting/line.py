"""A line of the leaderboard: the results of one configuration, compared with the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import ignores_seed, overlap_of, without_repeats
from reviewlab.reporting.statistics import interval
from reviewlab.reporting.varied import Settings

Verdict = Literal["best", "equal", "undecided", "worse", "unknown"]
"""The comparison with the best.

equal: within the margin; undecided: neither worse nor equal so far; unknown: nothing can be
claimed, since the seeds are too few or change nothing.
"""


@dataclass(frozen=True)
class Line:
    """The results of one configuration over all its seeds.

    Attributes:
        configuration_id: the configuration's id.
        settings: the value of every key that varies, as typed on a command line.
        rows: the configuration's runs, one per seed, or per seed and fold.
        mean: mean of the metric over the seeds.
        deviation: standard deviation of the metric; None for one seed.
        bounds: 95 % interval of the mean, for a number of seeds decided beforehand; None if there
            is only one seed, all seeds gave the same result, or the interval is wider than the
            metric's range.
        verdict: result of the comparison with the best configuration.
        p: adjusted p value of the difference to the best, valid at any number of seeds; None if
            nothing can be claimed.
        p_equal: the same for equality within the margin; None also if there is no margin.
        unfinished: number of runs of this configuration without a value.
        dropped: the round of the race after which the configuration was dropped; None if it is
            still in, or if there is no race.
    """

    configuration_id: str
    settings: Settings
    rows: Sequence[Row]
    mean: float
    deviation: float | None
    bounds: tuple[float, float] | None
    verdict: Verdict
    p: float | None
    p_equal: float | None
    unfinished: int
    dropped: int | None = None

    @property
    def ignores_seed(self) -> bool:
        """True if every seed gave the same result, as if nothing were random."""
        return ignores_seed(self.rows)

    @property
    def n(self) -> int:
        """Number of runs: of seeds, or in a cross-validation of pairs of a seed and a fold."""
        return len(self.rows)

    @property
    def parameters(self) -> int:
        """Number of the model's parameters."""
        return self.rows[0].parameters

    @property
    def seconds(self) -> float:
        """Mean training time of a run, in seconds."""
        return sum(row.seconds for row in self.rows) / self.n

    @property
    def epochs(self) -> float:
        """Mean number of epochs of a run."""
        return sum(row.epochs for row in self.rows) / self.n

    @property
    def attempts(self) -> int:
        """Total number of attempts over all runs."""
        return sum(row.attempts for row in self.rows)

    @property
    def baseline(self) -> float | None:
        """The metric's value if the commonest class is always predicted."""
        return self.rows[0].baseline

    @property
    def flags(self) -> dict[str, int]:
        """Number of runs with each flag."""
        names = dict.fromkeys(flag for row in self.rows for flag in row.flags)
        return {name: sum(name in row.flags for row in self.rows) for name in names}


def mean_bounds(group: Sequence[Row], span: float | None) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean; None if it is wider than the metric's range."""
    values = [row.value for row in without_repeats(group) if row.value is not None]
    bounds = interval(values, overlap_of(group))
    is_wide = bounds is not None and span is not None and bounds[1] - bounds[0] > span
    return None if is_wide else bounds
