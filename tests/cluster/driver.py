"""Submit jobs that do what a word says: `python -m tests.cluster.driver <folder> <name> <words>`.

They do not import torch, so that a test takes only as long as SLURM needs.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.sweeps.driver import NoBaselines

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.launching.launch import LaunchPlan
from reviewlab.launching.slurm import ClusterLaunch
from reviewlab.runs.folder import RunFolder
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings

ENTRY = "tests.cluster.entries:main"
ROOT = Path(__file__).resolve().parents[2]


class Request(NamedTuple):
    """The request."""

    config: dict[str, Any]
    settings: SweepSettings
    argv: Sequence[str] = ()


@dataclass(frozen=True)
class Experiment:
    """An experiment that is never trained."""

    deed: str
    seed: int = 0
    threads: int = 1

    def as_config(self) -> dict[str, Any]:
        return asdict(self)


class Planner:
    """A planner for jobs that need no planning."""

    fixed = ()
    varied = ("deed",)
    baselines = NoBaselines()

    def overrides(self, job: Job) -> list[str]:
        return [*self.fixed, *job.overrides]

    def experiment(self, job: Job) -> Experiment:
        [word] = job.overrides
        return Experiment(word.partition("=")[2])


def deed_of(folder: Path) -> str:
    """Return the deed of the job in `folder`."""
    deed: str = RunFolder(folder).read_config()["deed"]
    return deed


@contextmanager
def planned(
    path: Path, words: list[str], settings: SweepSettings, nodes: int = 1
) -> Iterator[tuple[list[Job], LaunchPlan]]:
    """Yield the jobs and the launch plan of a sweep, whose folder is locked meanwhile."""
    folder = SweepFolder(path)
    folder.path.mkdir(parents=True, exist_ok=True)
    jobs = [
        Job(n, (f"deed={word}",), f"{n:012x}", f"{n:012x}", 1, 1, 10, nodes)
        for n, word in enumerate(words)
    ]
    with folder.held():
        folders = folder.of_jobs()
        work = GridSource(jobs, folders, settings.max_attempts)
        said: Any = (Request({}, settings), Planner())
        yield jobs, LaunchPlan(*said, work, folder, folders, [])


def main(parent: Path, name: str, words: list[str], options: dict[str, Any]) -> int:
    """Submit jobs on `nodes_a_job` nodes each; with `wait=true`, follow them to the end."""
    nodes = options.pop("nodes_a_job", 1)
    in_settings = ("fail_fast", "timeout")
    settings = SweepSettings(
        name=name, **{key: options.pop(key) for key in in_settings if key in options}
    )
    path = [f"export PYTHONPATH=$PYTHONPATH:{ROOT}"]
    launcher = SlurmLauncher(**{"wait": False, "setup": path, **options})
    with planned(parent / name, words, settings, nodes) as (jobs, asked):
        outcome = ClusterLaunch(asked, jobs, launcher, ENTRY).run()
    sys.stdout.write(outcome.summary)
    return outcome.code


if __name__ == "__main__":
    said = [argument.partition("=") for argument in sys.argv[4:]]
    options = {key: yaml.safe_load(value) for key, _, value in said}
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), options))
