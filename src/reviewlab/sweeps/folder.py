"""The folder of one sweep: claimed by one process alone, and held while it works there."""

import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import yaml

from reviewlab.runs.files import write_text
from reviewlab.runs.folder import alone_in
from reviewlab.runs.identity import slug
from reviewlab.sweeps.job import Job

SLUG_LENGTH = 60


class SweepFolder:
    """Where a sweep keeps its jobs and its leaderboard.

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
        """By run id, the folders of jobs that were started; of two with one id the first."""
        folders: dict[str, Path] = {}
        for folder in sorted(self.jobs.glob("*-*")):
            if folder.is_dir():
                folders.setdefault(folder.name.rpartition("-")[2], folder)
        return folders

    def of_job(self, job: Job) -> Path:
        """The folder that a job gets when it is new."""
        name = slug(job.overrides)[:SLUG_LENGTH].rstrip("-_.")
        return self.jobs / f"{job.number:04d}-{name}-{job.run_id}"

    def read(self) -> dict[str, Any] | None:
        """What `write` kept; None where there is nothing, or nothing that can be read."""
        try:
            content = yaml.safe_load((self.path / "sweep.yaml").read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            return None
        return content if isinstance(content, dict) else None

    def write(self, content: dict[str, Any]) -> None:
        """Keep what the sweep was asked for in `sweep.yaml`."""
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        write_text(self.path / "sweep.yaml", text)


def default_name(what: str) -> str:
    """A name for a sweep that was given none: what it varies, and the time."""
    return f"{slug([what])[:SLUG_LENGTH]}-{time.strftime('%Y-%m-%d_%H-%M-%S')}"
