"""A SLURM for the tests that ask for it, and sweeps on it without torch and with it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import ROOT
from tests.cluster import slurm
from tests.cluster.driver import deed_of
from tests.until import until

from reviewlab.runs.status import Status
from reviewlab.sweeps.outcome import known_status


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """A running SLURM, ended when it was not running before."""
    if reason := slurm.why_not():
        pytest.skip(f"no SLURM here: {reason}")
    slurm.up()
    yield
    slurm.down()


@pytest.fixture
def nothing_left_over(cluster: None) -> Iterator[None]:
    """Every test begins and ends with an empty queue."""
    yield
    ask("scancel", "--user=root")
    until(lambda: not ask("squeue", "-h"), "the end of every allocation")


def ask(*command: str) -> str:
    """What a command says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def jobs(sweep: Path) -> list[Path]:
    """The folders of a sweep's jobs, in order."""
    return sorted((sweep / "jobs").iterdir())


def statuses(sweep: Path) -> dict[str, Status]:
    """How the jobs of a sweep of deeds stand, by deed."""
    return {deed_of(folder): known_status(folder) for folder in jobs(sweep)}


class Deeds:
    """Sweeps whose jobs do what a word says."""

    def __init__(self, parent: Path) -> None:
        self.parent = parent
        self.said = ""

    def submit(self, name: str, *words: str, **options: object) -> Path:
        """Submit a sweep, from a process that ends at once; its folder."""
        said = [f"{key}={value}" for key, value in options.items()]
        command = [sys.executable, "-m", "tests.cluster.driver", str(self.parent), name]
        ended = subprocess.run(
            [*command, ",".join(words), *said],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        self.said = ended.stdout + ended.stderr
        return self.parent / name


@pytest.fixture
def deeds(tmp_path: Path) -> Deeds:
    return Deeds(tmp_path)
