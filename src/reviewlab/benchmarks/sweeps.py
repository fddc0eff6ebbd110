"""Measure a sweep against the training time of its jobs, and against Hydra's launchers."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate, seconds
from reviewlab.benchmarks.starting import TRAIN
from reviewlab.benchmarks.training import LSTM
from reviewlab.running.run import load_parts
from reviewlab.runs.files import read_json
from reviewlab.runs.result import read_result

ONE_EPOCH = [*LSTM, "trainer.max_epochs=1"]
SLOTS = 2
JOBS, FEWER_JOBS = 16, 8

STOCK = ["-m", "reviewlab.benchmarks.stock", "-m", "hydra/sweeper=basic"]
BASIC = [*STOCK, "hydra/launcher=basic"]
JOBLIB = [*STOCK, "hydra/launcher=joblib", f"hydra.launcher.n_jobs={SLOTS}"]


class Times(NamedTuple):
    """The times of one job, in seconds.

    Args:
        began: Unix time at which the job began to read its data.
        ended: Unix time at which the job ended.
        trained: time spent on training and validation.
    """

    began: float
    ended: float
    trained: float


def overhead(bench: Workbench) -> Pairs:
    """Time a sweep from first job start to last job end, against the training time per slot."""
    load_parts(bench.experiment(*ONE_EPOCH))
    pairs = Pairs()
    for number in range(bench.pairs):
        jobs = _sweep(bench, f"sweep-{number}", JOBS, SLOTS)
        pairs.ours.append(span(jobs))
        pairs.reference.append(sum(job.trained for job in jobs) / SLOTS)
    return pairs


def slots(bench: Workbench) -> Pairs:
    """Time a sweep from first job start to last job end, with all slots and with a single slot."""
    load_parts(bench.experiment(*ONE_EPOCH))
    names = iter(range(2 * bench.pairs))
    return alternate(
        lambda: span(_sweep(bench, f"sweep-{next(names)}", JOBS, SLOTS)),
        lambda: span(_sweep(bench, f"sweep-{next(names)}", JOBS, 1)),
        bench.pairs,
    )


def beside_basic(bench: Workbench) -> Pairs:
    """Time the whole sweep command with all slots, and the same jobs under the basic launcher."""
    return _beside(bench, BASIC)


def beside_joblib(bench: Workbench) -> Pairs:
    """Time the whole sweep command, and the same jobs and slots under Hydra's joblib launcher."""
    return _beside(bench, JOBLIB)


def _beside(bench: Workbench, stock: Sequence[str]) -> Pairs:
    load_parts(bench.experiment(*ONE_EPOCH))
    jobs = bench.command(*ONE_EPOCH, varied_seed(FEWER_JOBS))
    stock = [*stock, f"hydra.sweep.dir={bench.folder}"]  # Hydra's sweeper writes a file there
    names = iter(range(bench.pairs))
    return alternate(
        lambda: seconds(lambda: _sweep(bench, f"sweep-{next(names)}", FEWER_JOBS, SLOTS)),
        lambda: seconds(lambda: _run([*stock, *jobs])),
        bench.pairs,
    )


def _sweep(bench: Workbench, name: str, jobs: int, slots: int) -> list[Times]:
    """Run a sweep over seeds and return the times of its jobs.

    Args:
        bench: the folder and settings that the measurement uses.
        name: name of the sweep.
        jobs: number of jobs, each with its own seed.
        slots: number of jobs that run at a time.
    """
    options = [f"hydra.launcher.slots={slots}", f"sweep.name={name}"]
    _run([TRAIN, "-m", *bench.command(*ONE_EPOCH, varied_seed(jobs)), *options])
    return [
        times_of(folder)
        for folder in (bench.folder / "outputs" / "sweeps" / name / "jobs").iterdir()
    ]


def times_of(folder: Path) -> Times:
    """Read the times of a job from its folder."""
    status, took = read_json(folder / "status.json"), read_result(folder)["seconds"]
    trained = took["train"] + took["validation"]
    return Times(status["started"] - took["prepare"], status["ended"], trained)


def span(jobs: Sequence[Times]) -> float:
    """Return the seconds from the first start of a job to the last end."""
    return max(job.ended for job in jobs) - min(job.began for job in jobs)


def varied_seed(jobs: int) -> str:
    """Return the override that gives each job its own seed."""
    return f"seed={','.join(map(str, range(jobs)))}"


def _run(arguments: Sequence[str]) -> None:
    """Run Python with one thread per process, hiding its output."""
    subprocess.run(  # noqa: S603  our own interpreter and scripts
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
