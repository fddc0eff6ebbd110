"""Settings of a sweep as a whole (the node `sweep`) and of a search (`hydra.sweeper`)."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from reviewlab.ranges import NonNegativeInt, PositiveFloat, PositiveInt

VariedKeys = dict[str, Any]
"""By key, its values: a list, or the text that Hydra takes on a command line. In `exclude`, one."""


class Launcher:
    """Starts the jobs of a sweep; `hydra.launcher` selects one."""

    threads_per_job: int


SweepName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


@dataclass(frozen=True)
class SweepSettings:
    """Settings of a sweep as a whole: its name, what varies in it, and when it is over.

    name: of its folder; the same name again goes on with it. None: the sweep's file or what varies,
        and the time.
    metric: what the leaderboard ranks by, at the epoch that a run's `monitor` chose.
    mode: whether a large one is good.
    grid: by key, a list of values, or what Hydra takes on a command line: `1e-3,1e-2`, `range(3)`.
    zip: each a mapping like `grid`, whose lists are walked together.
    exclude: a job that has all values of one of these is left out.
    seeds: so many seeds from 0 on.
    dry_run: show the table of jobs, and start none.
    allow_changes: go on with a sweep although the code or the config has changed since.
    fail_fast: start no more jobs when one has failed.
    baseline: beside the leaderboard, what a linear model on n-grams gets on the same split.
    max_attempts: how often a job may fail before it is not tried again.
    timeout: seconds that a job may take.
    """

    name: SweepName | None = None
    metric: str = "val/accuracy"
    mode: Literal["min", "max"] = "max"
    grid: VariedKeys = field(default_factory=dict)
    zip: list[VariedKeys] = field(default_factory=list)
    exclude: list[VariedKeys] = field(default_factory=list)
    seeds: PositiveInt | None = None
    dry_run: bool = False
    allow_changes: bool = False
    fail_fast: bool = False
    baseline: Literal["ngram", "none"] = "ngram"
    max_attempts: PositiveInt = 3
    timeout: PositiveFloat | None = None


@dataclass(frozen=True)
class SearchSettings:
    """Settings of a search: how many trials there are, and which are stopped early.

    n_trials: in all; a sweep that goes on goes up to it.
    sampler: tpe models where the good ones lie (Bergstra et al. 2011).
    seed: of the sampler; None: drawn from the sweep's name.
    n_startup_trials: drawn at random before tpe learns from what has ended.
    pruner: median stops a trial whose best epoch so far is below the median of the complete ones at
        that epoch; successive_halving keeps the best third at the epochs 1, 3, 9, ... times
        `min_epochs` (Li et al. 2020). None: nobody is stopped.
    min_epochs: that every trial gets; after one epoch too little is known (docs/howto/search.md).
    objectives: what is compared, each with min or max; None: the sweep's metric and mode.
    """

    n_trials: PositiveInt = 20
    sampler: Literal["tpe", "random"] = "tpe"
    seed: NonNegativeInt | None = None
    n_startup_trials: PositiveInt = 10
    pruner: Literal["median", "successive_halving"] | None = None
    min_epochs: PositiveInt = 2
    objectives: dict[str, str] | None = None
