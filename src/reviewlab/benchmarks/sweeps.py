"""What a sweep takes beyond the training of its jobs, and beside the launchers that Hydra has."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reviewlab.benchmarks.pairs import Pairs, alternate, seconds
from reviewlab.benchmarks.place import Place
from reviewlab.benchmarks.starting import TRAIN
from reviewlab.benchmarks.training import LSTM
from reviewlab.running.run import prepare
from reviewlab.runs.files import read_json
from reviewlab.runs.result import read_result

ONE_EPOCH = [*LSTM, "trainer.max_epochs=1"]
SLOTS = 2
JOBS, FEWER_JOBS = 16, 8

STOCK = ["-m", "reviewlab.benchmarks.stock", "-m", "hydra/sweeper=basic"]
BASIC = [*STOCK, "hydra/launcher=basic"]
JOBLIB = [*STOCK, "hydra/launcher=joblib", f"hydra.launcher.n_jobs={SLOTS}"]


class Times(NamedTuple):
    """When a job began to read its data and ended, since 1970, and how long it trained."""

    began: float
    ended: float
    trained: float


def overhead(place: Place) -> Pairs:
    """Seconds from the first job's start to the last one's end; beside them, training by slot."""
    prepare(place.config(*ONE_EPOCH))
    pairs = Pairs()
    for number in range(place.pairs):
        jobs = _sweep(place, f"sweep-{number}", JOBS, SLOTS)
        pairs.ours.append(_span(jobs))
        pairs.reference.append(sum(job.trained for job in jobs) / SLOTS)
    return pairs


def slots(place: Place) -> Pairs:
    """The same span with all slots, and with one."""
    prepare(place.config(*ONE_EPOCH))
    names = iter(range(2 * place.pairs))
    return alternate(
        lambda: _span(_sweep(place, f"sweep-{next(names)}", JOBS, SLOTS)),
        lambda: _span(_sweep(place, f"sweep-{next(names)}", JOBS, 1)),
        place.pairs,
    )


def beside_basic(place: Place) -> Pairs:
    """Seconds of the whole command, ours with all slots; Hydra's knows no slots."""
    return _beside(place, BASIC)


def beside_joblib(place: Place) -> Pairs:
    """Seconds of the whole command, both with as many jobs at a time."""
    return _beside(place, JOBLIB)


def _beside(place: Place, stock: Sequence[str]) -> Pairs:
    prepare(place.config(*ONE_EPOCH))
    jobs = place.command(*ONE_EPOCH, _seeds(FEWER_JOBS))
    stock = [*stock, f"hydra.sweep.dir={place.folder}"]  # Hydra's sweeper writes a file there
    names = iter(range(place.pairs))
    return alternate(
        lambda: seconds(lambda: _sweep(place, f"sweep-{next(names)}", FEWER_JOBS, SLOTS)),
        lambda: seconds(lambda: _run([*stock, *jobs])),
        place.pairs,
    )


def _sweep(place: Place, name: str, jobs: int, slots: int) -> list[Times]:
    """Carry out a sweep that differs in the seed alone; when its jobs ran."""
    options = [f"hydra.launcher.slots={slots}", f"sweep.name={name}"]
    _run([TRAIN, "-m", *place.command(*ONE_EPOCH, _seeds(jobs)), *options])
    return [
        _times(folder) for folder in (place.folder / "outputs" / "sweeps" / name / "jobs").iterdir()
    ]


def _times(folder: Path) -> Times:
    status, took = read_json(folder / "status.json"), read_result(folder)["seconds"]
    trained = took["train"] + took["validation"]
    return Times(status["started"] - took["prepare"], status["ended"], trained)


def _span(jobs: Sequence[Times]) -> float:
    return max(job.ended for job in jobs) - min(job.began for job in jobs)


def _seeds(jobs: int) -> str:
    return f"seed={','.join(map(str, range(jobs)))}"


def _run(arguments: Sequence[str]) -> None:
    """Run Python with one thread a process; what it says is dropped unless it fails."""
    subprocess.run(  # noqa: S603  our own interpreter and scripts
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
