"""SLURM for the tests that need it, and sweeps on it with and without torch."""

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
    """Start SLURM if it is not running, and stop it afterwards."""
    if reason := slurm.why_not():
        pytest.skip(f"no SLURM here: {reason}")
    slurm.up()
    yield
    slurm.down()


@pytest.fixture
def nothing_left_over(cluster: None) -> Iterator[None]:
    """Empty the queue after a test."""
    yield
    ask("scancel", "--user=root")
    until(lambda: not ask("squeue", "-h"), "the end of every allocation")


def ask(*command: str) -> str:
    """Return the output of a command."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def jobs(sweep: Path) -> list[Path]:
    """Return the job folders of a sweep, in order."""
    return sorted((sweep / "jobs").iterdir())


def statuses(sweep: Path) -> dict[str, Status]:
    """Return the status of each job of a sweep, by the job's deed."""
    return {deed_of(folder): known_status(folder) for folder in jobs(sweep)}


class Deeds:
    """Submits sweeps of jobs that each do what a word says: the job's deed.

    Attributes:
        output: what the last submission printed.
    """

    def __init__(self, parent: Path) -> None:
        self.parent = parent
        self.output = ""

    def submit(self, name: str, *words: str, **options: object) -> Path:
        """Submit a sweep from a process that ends at once, and return its folder."""
        settings = [f"{key}={value}" for key, value in options.items()]
        command = [sys.executable, "-m", "tests.cluster.driver", str(self.parent), name]
        ended = subprocess.run(
            [*command, ",".join(words), *settings],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        self.output = ended.stdout + ended.stderr
        return self.parent / name


@pytest.fixture
def deeds(tmp_path: Path) -> Deeds:
    return Deeds(tmp_path)
