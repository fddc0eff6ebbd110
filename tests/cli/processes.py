"""Run the programs as users do, each in its own process and folder."""

import json
import os
import pickle
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock
from tests.forked import python
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
SCRIPT = str(SCRIPTS / "train.py")

WITH_RANKS = """
import runpy, sys
sys.executable, *sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""A program that runs a script, whose ranks are forked as well."""


class Done(NamedTuple):
    """A finished program with its exit code, its output and its run folders, oldest first."""

    code: int
    out: str
    err: str
    folders: list[Path]

    @property
    def folder(self) -> Path:
        """The folder of its only run."""
        [folder] = self.folders
        return folder

    @property
    def result(self) -> dict[str, Any]:
        """The result of its only run."""
        return read(self.folder / "result.json")


def environment(cwd: Path) -> dict[str, str]:
    """Return environment variables with a separate cache, and without a terminal width."""
    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**inherited, "REVIEWLAB_CACHE": str(cwd / "cache"), "OMP_NUM_THREADS": "1"}


def train(cwd: Path, *arguments: str, **variables: str) -> Done:
    """Run `scripts/train.py` in `cwd`, and wait for it."""
    return script("train", cwd, *arguments, **variables)


def script(name: str, cwd: Path, *arguments: str, **variables: str) -> Done:
    """Run a program of `scripts/` in `cwd`, and wait for it."""
    # a run starts its other ranks with its own Python
    ranks = "trainer=ddp" in arguments and "-m" not in arguments
    program = [python(), "-c", WITH_RANKS, python()] if ranks else [python()]
    done = subprocess.run(
        [*program, str(SCRIPTS / f"{name}.py"), *arguments],
        cwd=cwd,
        env={**environment(cwd), **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr, runs(cwd))


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Done]) -> Done:
    """Call `make` in a new folder once per test session, and share its result among all processes.

    Args:
        factory: pytest's factory, which has the folder of the session.
        name: name of the result.
        make: function that runs a program in the folder that it is given.
    """
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    pickled = base / f"{name}.pickle"
    with FileLock(base / f"{name}.lock"):
        if not pickled.exists():
            (base / name).mkdir()
            pickled.write_bytes(pickle.dumps(make(base / name)))
    done: Done = pickle.loads(pickled.read_bytes())
    return done


def start(cwd: Path, *arguments: str, program: str = sys.executable) -> subprocess.Popen[str]:
    """Start `scripts/train.py` in `cwd` without waiting, as a Python process that gets signals."""
    return subprocess.Popen(
        [program, SCRIPT, *arguments],
        cwd=cwd,
        env=environment(cwd),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until_in(process: subprocess.Popen[str], holds: Callable[[], object], what: str) -> None:
    """Wait until a condition holds, and fail if the process ends before.

    Args:
        process: the running process.
        holds: the condition.
        what: the condition in words, for the error message.
    """

    def seen() -> object:
        assert process.poll() is None, process.communicate()
        return holds()

    until(seen, what)


def runs(cwd: Path) -> list[Path]:
    """Return the run folders in `cwd`, oldest first."""
    return sorted((cwd / "outputs" / "runs").glob("*"), key=lambda folder: folder.stat().st_ctime)


def read(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def curves(result: dict[str, Any]) -> list[dict[str, float]]:
    """Return the epochs of a result without their durations."""
    return [{k: v for k, v in epoch.items() if k != "seconds"} for epoch in result["curves"]]


def last_command(out: str) -> list[str]:
    """Return the words of the last command in an output, which may span several lines."""
    return shlex.split(out.replace("\\\n", " ").splitlines()[-1])
