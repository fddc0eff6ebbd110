"""Searches whose jobs get their results from a formula, without any process."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.search_source import SearchSource
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.space import Choice, Interval, Space
from reviewlab.sweeps.study import JOURNAL, open_storage, open_study

SPACE: Space = {
    "lr": Interval(1e-4, 1e-1, log=True),
    "layers": Interval(1, 3),
    "model": Choice(("lstm", "gru")),
}
FEW: Space = {"model": Choice(("lstm", "gru")), "layers": Interval(1, 2)}
ACCURACY = {"val/accuracy": "max"}

Run = tuple[int, tuple[str, ...]]


def make(number: int, overrides: tuple[str, ...]) -> Job:
    digest = hashlib.sha256(" ".join(overrides).encode()).hexdigest()[:12]
    return Job(number, overrides, digest, digest, 1, 10, 10)


def accuracy(job: Job) -> float:
    """Return a metric that depends on the settings, so that a search can learn."""
    return int(job.run_id, 16) / 16**12


class Sweep:
    """A sweep folder in which launches work one by one."""

    def __init__(self, path: Path, space: Space = SPACE, **options: Any) -> None:
        self.folder = SweepFolder(path)
        self.folder.path.mkdir(parents=True, exist_ok=True)
        self.space = space
        self.options = {"n_trials": 8, "n_startup_trials": 3, **options}
        self.objectives = self.options.pop("objectives", ACCURACY)
        self.said: list[str] = []

    def launch(self, make: Callable[..., Job] = make) -> SearchSource:
        self.folders = self.folder.of_jobs()
        asked: Any = (SearchSettings(**self.options), self.objectives, self.space, self.folder)
        return SearchSource(*asked, make, self.folders, self.said.append)

    def end(self, job: Job, state: State = "done", value: float | None = None) -> Path:
        """Write the files of a finished job."""
        path = self.folders.setdefault(job.run_id, self.folder.of_job(job))
        path.mkdir(parents=True, exist_ok=True)
        write_status(path, Status(state))
        if state == "done":
            measured = {"val/accuracy": accuracy(job) if value is None else value}
            of_run = {"parameters": len(job.overrides[0]), "seconds": {"train": 1.0}}
            write_result(path, {"best": measured, **of_run})
        return path

    def work(self, search: SearchSource, most: int = 1000) -> list[Run]:
        """Do at most `most` jobs, one by one."""
        did: list[Run] = []
        while len(did) < most and (job := search.next()) is not None:
            did.append((job.number, job.overrides))
            search.ended(job, Status("done"), self.end(job))
        return did

    def trials(self) -> Sequence[FrozenTrial]:
        storage = open_storage(self.folder.path / JOURNAL)
        return open_study(storage, self.objectives).get_trials()


def states(sweep: Sweep) -> list[str]:
    return [trial.state.name for trial in sweep.trials()]
