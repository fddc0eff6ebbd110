"""Plan the number of seeds of a sweep from the noise of runs that exist already."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from reviewlab.console.text import count_of, readable_path
from reviewlab.exceptions import InputError
from reviewlab.reporting.power import (
    MOST,
    Noise,
    planned,
    planned_noise,
    seeds_needed,
    smallest_found,
)
from reviewlab.reporting.rows import find_runs, read_row
from reviewlab.reporting.seeds import (
    SeedTable,
    group_by_configuration,
    overlap_of_folds,
    seed_table,
)
from reviewlab.runs.files import short_path
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import duration
from reviewlab.sweeps.settings import SweepSettings

DIFFERENCES = (1, 2, 4, 8)
"""The differences of the table, in margins; without a margin, in quarters of a run's noise."""


class Pilot(NamedTuple):
    """Runs that tell how much the metric varies between seeds.

    Attributes:
        folder: their folder.
        table: the metric's values.
    """

    folder: Path
    table: SeedTable

    def __str__(self) -> str:
        runs = int(np.isfinite(self.table.values).sum())
        configurations = count_of(len(self.table.values), "configuration")
        return f"{readable_path(self.folder)} ({configurations}, {count_of(runs, 'run')})"


def read_pilot(folder: Path, metric: str) -> Pilot:
    """Read the runs of an earlier sweep.

    Args:
        folder: a folder of runs.
        metric: name of the metric to plan for.

    Raises:
        InputError: the folder has no runs, or no two seeds of a configuration to compare.
    """
    if not folder.is_dir():
        raise InputError(f"sweep.pilot: {str(folder)!r} is no folder; allowed: a folder of runs")
    rows = [read_row(run, metric) for run in find_runs([folder])]
    table = seed_table(group_by_configuration([row for row in rows if row.value is not None]))
    if not len(table.values) or table.left.degrees_of_freedom == 0:
        raise InputError(
            f"sweep.pilot: {short_path(folder)!r} does not tell how {metric} varies with the seed; "
            "allowed: a folder with at least two configurations that share two seeds"
        )
    return Pilot(folder, table)


def plan_seeds(
    pilot: Pilot, jobs: Sequence[Job], seconds: float, slots: int, settings: SweepSettings
) -> str:
    """Say how many seeds find which difference, and how long that takes.

    Args:
        pilot: the runs whose noise the sweep is expected to have.
        jobs: the jobs of the sweep.
        seconds: the mean training time of a job.
        slots: number of jobs that run at a time.
        settings: the settings of the sweep.
    """
    configurations = len({job.configuration_id for job in jobs})
    deviation = float(np.sqrt(pilot.table.left.variance))
    noise = planned_noise(deviation, configurations, overlap_of_folds(settings.folds))
    unit = settings.equality_margin or deviation / 4
    lines = [
        f"How many seeds? In {pilot},\nruns that differ in the seed have an sd of {deviation:.4g}."
    ]
    if configurations < 2:
        return f"{lines[0]} One configuration is compared with nothing."
    pairs = configurations * (configurations - 1) // 2
    for times in DIFFERENCES:
        runs = float(seeds_needed(np.array([times * unit]), noise, pairs, None, planned)[0])
        lines.append(_row(times * unit, runs, configurations, seconds / slots, settings.folds))
    lines += _as_planned(jobs, configurations, noise, pairs)
    lines.append("(each with a chance of 80 % for every pair, after correction for all pairs)")
    return "\n".join(lines)


def _row(
    difference: float, runs: float, configurations: int, seconds: float, folds: int | None
) -> str:
    """Describe the seeds that find a difference.

    Args:
        difference: the difference.
        runs: number of runs of each configuration; infinite if there is no such number.
        configurations: number of configurations.
        seconds: time of a job, divided by the number of slots.
        folds: number of folds, which divide the runs.
    """
    what = f"  to find a difference of {difference:.3g}:"
    if not np.isfinite(runs):
        return f"{what} more than {MOST} runs of each configuration"
    seeds = int(np.ceil(runs / (folds or 1)))
    jobs = seeds * (folds or 1) * configurations
    time = duration(jobs * seconds)
    return f"{what} {count_of(seeds, 'seed')}, {count_of(jobs, 'job')}, about {time}"


def _as_planned(
    jobs: Sequence[Job], configurations: int, noise: Noise, pairs: int
) -> Iterator[str]:
    """Say what the planned seeds find.

    Args:
        jobs: the jobs of the sweep.
        configurations: number of configurations.
        noise: the noise of one comparison.
        pairs: number of pairs that are compared.
    """
    runs = len({job.seed for job in jobs})
    if runs < 2:
        yield "  with a single seed nothing can be claimed (sweep.seeds)"
        return
    found = smallest_found(runs, noise, pairs)
    yield f"  as planned, with {count_of(runs, 'run')} of each: differences of {found:.3g} and more"
