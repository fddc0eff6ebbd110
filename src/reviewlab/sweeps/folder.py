"""The folder of one sweep: claimed by one process alone, and held while it works there."""

import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, TypedDict, cast

import yaml

from reviewlab.runs.files import write_text
from reviewlab.runs.folder import alone_in
from reviewlab.runs.identity import Config, slug
from reviewlab.sweeps.job import Job

SLUG_LENGTH = 60


class StudyIdentity(TypedDict):
    """The search itself: were it changed under one name, its study could not go on.

    space: by key, what the search chooses from, as text.
    objectives: what trials are compared by, each with min or max.
    """

    space: dict[str, str]
    objectives: dict[str, str]


class SweepRecord(TypedDict, total=False):
    """The content of `sweep.yaml`; one of an earlier version may lack any of it.

    name: of the sweep.
    command: that goes on with it.
    metric: what its leaderboard ranks by; mode: min or max.
    varied: the keys that vary.
    search: None for a grid.
    jobs: how many there are; None where a search makes them as it goes.
    max_attempts: how often a job may fail.
    base: the config that all jobs share.
    code: by file, a digest of the code that decides what comes out of a run.
    """

    name: str
    command: str
    metric: str
    mode: str
    varied: list[str]
    search: StudyIdentity | None
    jobs: int | None
    max_attempts: int
    base: Config
    code: dict[str, str]


class SweepFolder:
    """The folder of a sweep, with its jobs and its leaderboard.

    path: the folder, absolute; its name is the sweep's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.jobs = self.path / "jobs"

    @classmethod
    def claim(cls, parent: Path, name: str) -> "SweepFolder":
        """Make `<parent>/<name>`, with `-2`, `-3`, ... behind it where that is taken."""
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, 10_000):
            path = parent / (name if number == 1 else f"{name}-{number}")
            with suppress(FileExistsError):
                path.mkdir()
                return cls(path)
        raise FileExistsError(f"{parent / name} and 9,998 more like it are taken")

    def held(self) -> AbstractContextManager[None]:
        """Work here alone while the block lasts; an InputError says who does already."""
        return alone_in(self.path, f"sweep.name: {self.path.name!r} is being worked on by")

    def of_jobs(self) -> dict[str, Path]:
        """Return by run id the folders of jobs that were started; of two with one id the first."""
        folders: dict[str, Path] = {}
        for folder in sorted(self.jobs.glob("*-*")):
            if folder.is_dir():
                folders.setdefault(folder.name.rpartition("-")[2], folder)
        return folders

    def of_job(self, job: Job) -> Path:
        """Name the folder that a job gets when it is new."""
        name = slug(job.overrides)[:SLUG_LENGTH].rstrip("-_.")
        return self.jobs / f"{job.number:04d}-{name}-{job.run_id}"

    def read(self) -> SweepRecord | None:
        """Read `sweep.yaml`; None where there is none, or none that can be read."""
        try:
            content: Any = yaml.safe_load((self.path / "sweep.yaml").read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            return None
        return cast(SweepRecord, content) if isinstance(content, dict) else None

    def write(self, record: SweepRecord) -> None:
        """Write `sweep.yaml`."""
        text = yaml.safe_dump(record, sort_keys=False, allow_unicode=True)
        write_text(self.path / "sweep.yaml", text)


def default_name(what: str) -> str:
    """Name a sweep that was given no name after what it varies and the time."""
    return f"{slug([what])[:SLUG_LENGTH]}-{time.strftime('%Y-%m-%d_%H-%M-%S')}"
