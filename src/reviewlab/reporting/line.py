"""A line of the leaderboard: the results of one configuration, compared with the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import NamedTuple

from reviewlab.reporting.interval import MeanInterval, mean_interval
from reviewlab.reporting.prospects import Prospect
from reviewlab.reporting.review_noise import review_noise
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import OUTSTANDING, ignores_seed
from reviewlab.reporting.varied import Settings
from reviewlab.reporting.verdicts import Mark, Verdict


class Group(NamedTuple):
    """The runs of one configuration.

    Attributes:
        rows: the runs with a value.
        settings: the value of every key that varies, as typed on a command line.
        unfinished: the runs without a value.
    """

    rows: Sequence[Row]
    settings: Settings
    unfinished: Sequence[Row]

    @property
    def lost(self) -> int:
        """Number of runs that have ended without a value, such as failed and diverged ones."""
        return sum(row.state not in (*OUTSTANDING, "pruned") for row in self.unfinished)


@dataclass(frozen=True)
class Line:
    """The results of one configuration over all its seeds.

    Attributes:
        configuration_id: the configuration's id.
        settings: the value of every key that varies, as typed on a command line.
        rows: the configuration's runs, one per seed, or per seed and fold.
        mean: mean of the metric over the seeds.
        deviation: standard deviation of the metric; None for one seed.
        interval: 95 % interval of the mean; None if there is only one seed, or if it is unknown or
            wider than the metric's range.
        verdict: result of the comparison with the best configuration.
        p: adjusted p value of the difference to the best, valid at any number of seeds; None if
            nothing can be claimed.
        p_equal: the same for equality within the margin; None also if there is no margin.
        prospect: the size of the difference to the best, and the seeds that would settle it.
        unfinished: number of runs of this configuration without a value.
        lost: number of runs of this configuration that have ended without a value.
        distinct: the mean with each distinct text of the validation reviews counted once; None if
            no text is repeated, or if it is unknown.
        dropped: the round of the race after which the configuration was dropped; None if it is
            still in, or if there is no race.
        trial: the search's own run of a configuration whose other runs confirm it. It is not one of
            `rows`, since it was selected for its value.
        optimism: the amount by which the trial promised more than the mean; negative if it promised
            less, None without a trial.
    """

    configuration_id: str
    settings: Settings
    rows: Sequence[Row]
    mean: float
    deviation: float | None
    interval: MeanInterval | None
    verdict: Verdict
    p: float | None
    p_equal: float | None
    prospect: Prospect
    unfinished: int
    lost: int
    distinct: float | None
    dropped: int | None
    trial: Row | None = None
    optimism: float | None = None

    @property
    def all_rows(self) -> list[Row]:
        """The configuration's runs and, if they confirm a trial, the trial."""
        return [*self.rows, *([] if self.trial is None else [self.trial])]

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lower and upper end of the mean's interval."""
        return None if self.interval is None else self.interval.bounds

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


def make_line(
    group: Group, mark: Mark, prospect: Prospect, metric: str, span: float | None
) -> Line:
    """Return the line of one configuration.

    Args:
        group: the configuration's runs.
        mark: the comparison with the best.
        prospect: what the difference to the best means.
        metric: name of the metric.
        span: largest minus smallest possible value of the metric; None if it is unbounded.
    """
    values = [row.value for row in group.rows if row.value is not None]
    noise = review_noise(group.rows, metric)
    return Line(
        configuration_id=group.rows[0].configuration_id,
        settings=group.settings,
        rows=group.rows,
        mean=mean(values),
        deviation=stdev(values) if len(values) > 1 else None,
        interval=mean_interval(group.rows, span, noise),
        verdict=mark.verdict,
        p=mark.p,
        p_equal=mark.p_equal,
        unfinished=len(group.unfinished),
        lost=group.lost,
        distinct=None if noise is None else noise.distinct,
        dropped=mark.dropped,
        prospect=prospect,
    )
