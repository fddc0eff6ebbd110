"""Settings of a sweep as a whole (the node `sweep`) and of a search (`hydra.sweeper`)."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from reviewlab.ranges import FoldCount, NonNegativeInt, PositiveFloat, PositiveInt, SeedCount
from reviewlab.reporting.metric_table import default_margin
from reviewlab.reporting.plan import Incomplete

VariedKeys = dict[str, Any]
"""For each key a list of values, or text as on Hydra's command line; in `exclude`, one value."""


class Launcher:
    """Starts the jobs of a sweep; selected by `hydra.launcher`."""

    threads_per_job: int


SweepName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


@dataclass(frozen=True)
class SweepSettings:
    """Settings of a sweep as a whole: its name, what varies in it, and when it is over.

    Attributes:
        name: name of the sweep's folder; using a name again continues that sweep. None: the name of
            the sweep's config file, or else the keys that vary, followed by the time.
        metric: metric that the leaderboard ranks by, at the epoch that each run's `monitor` chose.
        mode: max if larger values of the metric are better, else min.
        margin: difference from the best up to which configurations count as equal. auto: 0.005 for
            metrics from 0 to 1, such as accuracy, and none for losses. None: equality is never
            claimed.
        incomplete: keep ranks a configuration of which some runs failed or diverged by the others,
            and marks it; refuse leaves it out.
        grid: for each key a list of values, or text as on Hydra's command line: `1e-3,1e-2`,
            `range(3)`.
        zip: mappings like `grid`; the lists within one mapping advance together.
        exclude: mappings of keys to values; a job that matches every value of a mapping is left
            out.
        seeds: number of seeds to run each configuration with, counted from 0.
        folds: number of folds of a cross-validation; each configuration runs on each of them, with
            every seed.
        race: run one seed after the other, and drop configurations that are marked worse than the
            best; `seeds` is then the largest number.
        dry_run: show the table of jobs and start none.
        pilot: folder of an earlier sweep, whose noise tells a dry run how many seeds find which
            difference; None: the runs of this sweep, if there are any.
        allow_changes: continue a sweep even if the code or config has changed since it began.
        fail_fast: start no more jobs once one has failed.
        baseline: ngram also trains a linear n-gram model on the same split, and shows its score
            beside the leaderboard; none shows no baseline.
        max_attempts: how often a job may fail before the sweep gives up on it.
        timeout: seconds that a job may take; None: no limit.
    """

    name: SweepName | None = None
    metric: str = "val/accuracy"
    mode: Literal["min", "max"] = "max"
    margin: PositiveFloat | Literal["auto"] | None = "auto"
    incomplete: Incomplete = "keep"
    grid: VariedKeys = field(default_factory=dict)
    zip: list[VariedKeys] = field(default_factory=list)
    exclude: list[VariedKeys] = field(default_factory=list)
    seeds: PositiveInt | None = None
    folds: FoldCount | None = None
    race: bool = False
    dry_run: bool = False
    pilot: str | None = None
    allow_changes: bool = False
    fail_fast: bool = False
    baseline: Literal["ngram", "none"] = "ngram"
    max_attempts: PositiveInt = 3
    timeout: PositiveFloat | None = None

    @property
    def equality_margin(self) -> float | None:
        """The margin of equality, with `auto` resolved."""
        return default_margin(self.metric) if self.margin == "auto" else self.margin


@dataclass(frozen=True)
class SearchSettings:
    """Settings of a search: how many trials there are, and which are stopped early.

    Attributes:
        n_trials: total number of trials; a continued sweep runs up to this number.
        sampler: tpe samples where good trials are likely (Bergstra et al. 2011); random samples
            independently of earlier trials.
        seed: the sampler's seed; None: derived from the sweep's name.
        n_startup_trials: number of random trials before tpe learns from the finished trials.
        pruner: median stops a trial whose best value so far is worse than the complete trials'
            median at the same epoch; successive_halving keeps the best third at epochs 1, 3, 9, ...
            times `min_epochs` (Li et al. 2020). None: no trial is stopped early.
        min_epochs: number of epochs before a trial may be stopped; a single epoch is too little
            evidence (docs/howto/search.md).
        objectives: metrics that trials are compared by, each mapped to min or max; None: the
            sweep's metric and mode.
        confirm: `{top: 5, seeds: 5}` runs the 5 best trials again, with 5 seeds that no trial had,
            and lets these runs race (docs/howto/search.md). None: the leaderboard has only the
            trials.
    """

    n_trials: PositiveInt = 20
    sampler: Literal["tpe", "random"] = "tpe"
    seed: NonNegativeInt | None = None
    n_startup_trials: PositiveInt = 10
    pruner: Literal["median", "successive_halving"] | None = None
    min_epochs: PositiveInt = 2
    objectives: dict[str, str] | None = None
    confirm: dict[str, Any] | None = None


@dataclass(frozen=True)
class ConfirmSettings:
    """Settings of the runs that confirm the best trials of a search: its node `confirm`.

    Attributes:
        top: number of trials to run again, the best ones.
        seeds: number of fresh seeds; a trial that falls behind gets fewer.
    """

    top: PositiveInt
    seeds: SeedCount
