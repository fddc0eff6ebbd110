"""A sweep of six jobs without torch: `python -m tests.sweeps.driver <folder> <name> <steps>`."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reviewlab.launching.here import LocalLaunch
from reviewlab.launching.launch import LaunchPlan
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.fork_server import preload
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher
from reviewlab.sweeps.settings import SweepSettings

ENTRY = "tests.sweeps.entries:train"


class Request(NamedTuple):
    """The request."""

    config: dict[str, Any]
    settings: SweepSettings
    argv: Sequence[str] = ()


@dataclass(frozen=True)
class Experiment:
    """An experiment that is never trained."""

    x: int
    seed: int = 0
    threads: int = 1

    def as_config(self) -> dict[str, Any]:
        return asdict(self)


class NoBaselines:
    """A stand-in for the baselines of experiments without data."""

    def metrics(self, experiment: object) -> dict[str, float]:
        return {}


class Planner:
    """A planner for jobs that need no planning."""

    varied = ("x",)
    baselines = NoBaselines()

    def __init__(self, steps: str) -> None:
        self.fixed = (f"steps={steps}",)

    def overrides(self, job: Job) -> list[str]:
        return [*self.fixed, *job.overrides]

    def experiment(self, job: Job) -> Experiment:
        return Experiment(job.number)


def main(parent: Path, name: str, steps: str) -> int:
    """Work on the sweep until it is done."""
    preload(ENTRY, 1)
    settings = SweepSettings(name=name)
    folder = SweepFolder(parent / name)
    folder.path.mkdir(parents=True, exist_ok=True)
    launcher = LocalLauncher(slots=2)
    launcher.open(ENTRY)
    jobs = [Job(n, (f"x={n}",), f"{n:012x}", f"{n:012x}", 1, 1, 10) for n in range(6)]
    with folder.held():
        folders = folder.of_jobs()
        work = GridSource(jobs, folders, settings.max_attempts)
        said: Any = (Request({}, settings), Planner(steps))
        plan = LaunchPlan(*said, work, folder, folders, [])
        outcome = LocalLaunch(plan, launcher, launcher.slots([])).run()
    sys.stdout.write(outcome.summary)
    return outcome.code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
