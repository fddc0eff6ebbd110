"""Plan a race, and refuse jobs among which there is nothing to race."""

from collections import defaultdict
from collections.abc import Sequence

from reviewlab.console.text import count_of
from reviewlab.exceptions import InputError
from reviewlab.reporting.plan import RacePlan
from reviewlab.sweeps.job import Job


def plan_race(jobs: Sequence[Job], data_sets: int, waits: bool = True) -> RacePlan:
    """Return the rounds of a race, one for each seed.

    Args:
        jobs: all jobs of the sweep.
        data_sets: number of different data sets that the jobs use.
        waits: False if the jobs are submitted and left alone, so that nobody begins a next round.

    Raises:
        InputError: the jobs have too few configurations or seeds, or cannot be compared.
    """
    seeds: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        seeds[job.configuration_id].add(job.seed)
    rounds = [*dict.fromkeys(job.seed for job in jobs)]
    if len(seeds) < 2:
        raise _refused("there is only one configuration; vary a key: optimizer.lr=1e-3,1e-2")
    if max(map(len, seeds.values())) < 2:
        raise _refused("each configuration has only one run; give several seeds: sweep.seeds=5")
    if any(len(own) < len(rounds) for own in seeds.values()):
        raise _refused(
            "some configurations lack some of the seeds, so that they cannot be paired; give all "
            "of them the same: sweep.seeds=5"
        )
    if data_sets > 1:
        raise _refused(
            f"the jobs use {count_of(data_sets, 'data set')}, whose results cannot be compared; "
            "race on one of them at a time"
        )
    if not waits:
        raise _refused(
            "hydra.launcher.wait=false leaves nobody to begin the next round; drop one of the two"
        )
    return RacePlan(rounds, len(seeds))


def _refused(why: str) -> InputError:
    return InputError(f"sweep.race: true is not allowed, since {why}")
