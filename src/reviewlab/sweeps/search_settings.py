"""What a person says about a search: the node `hydra.sweeper`."""

from dataclasses import dataclass
from typing import Literal

from reviewlab.ranges import NonNegativeInt, PositiveInt


@dataclass(frozen=True)
class SearchSettings:
    """How many trials there are, who draws them, and which are stopped early.

    n_trials: in all; a sweep that goes on goes up to it.
    sampler: tpe models where the good ones lie (Bergstra et al. 2011).
    seed: of the sampler; None: drawn from the sweep's name.
    n_startup_trials: drawn at random before tpe learns from what has ended.
    pruner: median stops a trial whose best epoch so far is below the median of the complete ones at
        that epoch; successive_halving keeps the best third at the epochs 1, 3, 9, ... times
        `min_epochs` (Li et al. 2020). None: nobody is stopped.
    min_epochs: that every trial gets; after one epoch too little is known (docs/search.md).
    objectives: what is compared, each with min or max; None: the sweep's metric and mode.
    """

    n_trials: PositiveInt = 20
    sampler: Literal["tpe", "random"] = "tpe"
    seed: NonNegativeInt | None = None
    n_startup_trials: PositiveInt = 10
    pruner: Literal["median", "successive_halving"] | None = None
    min_epochs: PositiveInt = 2
    objectives: dict[str, str] | None = None
