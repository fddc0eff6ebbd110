"""The programs of the campaign: how to start one, continue it, and read what it has written."""

import csv
import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TRAIN = str(ROOT / "scripts" / "train.py")
SMALL = ("data.reviews=100", "model=mlp", "trainer.max_epochs=2")
AT_A_TIME = 2
"""Number of cases at a time."""

PATIENCE = 300.0
"""Seconds after which a program hangs."""

OF_THE_CLOCK = {"seconds", "reviews_per_second", "peak_memory"}
"""Entries of a result that differ between two equal runs."""

Contents = dict[str, Any]


class Ended(NamedTuple):
    """A program that has ended; `code` is None if it had to be killed."""

    code: int | None
    out: str
    err: str


class Program(NamedTuple):
    """A program of the campaign.

    Attributes:
        name: its name in the table.
        arguments: the command line that starts it.
        continued: returns the command line that continues it in a working folder, or None if it
            is complete.
        contents: reads what a working folder contains in the end: for each run, its result.
        repeats: True if a job whose process dies is started again and ends as if it had not.
    """

    name: str
    arguments: Sequence[str]
    continued: Callable[[Path], Sequence[str] | None]
    contents: Callable[[Path], Contents]
    repeats: bool = True


def start(python: str, cwd: Path, arguments: Sequence[str], variables: dict[str, str]) -> Ended:
    """Run `scripts/train.py`, and kill it with all its processes if it hangs.

    Args:
        python: the program that stands for Python.
        cwd: the working folder.
        arguments: the command line.
        variables: environment variables added to this process's.
    """
    return end(begin(python, cwd, arguments, variables))


def begin(
    python: str, cwd: Path, arguments: Sequence[str], variables: dict[str, str]
) -> subprocess.Popen[str]:
    """Start `scripts/train.py` as `start` does."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LD_PRELOAD")}
    fixed = {"REVIEWLAB_CACHE": str(cwd / "cache"), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [python, TRAIN, *arguments],
        cwd=cwd,
        env=inherited | fixed | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> Ended:
    """Wait for the end of a program, and kill it with all its processes if it hangs."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return Ended(None, *process.communicate())
    return Ended(process.returncode, out, err)


def runs(cwd: Path) -> list[Path]:
    """Return the folders of single runs."""
    return sorted((cwd / "outputs" / "runs").glob("*"))


def jobs(cwd: Path) -> list[Path]:
    """Return the folders of the sweep's jobs."""
    return sorted((cwd / "outputs" / "sweeps" / "s" / "jobs").glob("*"))


def state(folder: Path) -> str:
    """Return the state in a run's status; empty if it has none."""
    path = folder / "status.json"
    return str(json.loads(path.read_text())["state"]) if path.exists() else ""


def result(folder: Path) -> Any:
    """Return a run's result without the entries that the clock decides; None if it has none."""
    path = folder / "result.json"
    if state(folder) != "done" or not path.exists():
        return None
    complete = all((folder / "checkpoints" / f"{name}.ckpt").exists() for name in ("best", "last"))
    return _without_clock(json.loads(path.read_text())) if complete else None


def board(cwd: Path) -> list[dict[str, str]]:
    """Return the rows of the sweep's leaderboard, without the entries that the clock decides."""
    path = cwd / "outputs" / "sweeps" / "s" / "leaderboard.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    return [{k: v for k, v in row.items() if k not in ("seconds", "attempts")} for row in rows]


def _without_clock(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_clock(v) for k, v in value.items() if k not in OF_THE_CLOCK}
    return [_without_clock(item) for item in value] if isinstance(value, list) else value


def _resume(cwd: Path) -> Sequence[str] | None:
    begun = [folder for folder in runs(cwd) if state(folder)]
    if not begun:
        return SMALL
    return None if state(begun[0]) == "done" else [f"resume={begun[0]}"]


def _run_contents(cwd: Path) -> Contents:
    return {f"run {number}": result(folder) for number, folder in enumerate(runs(cwd))}


def _sweep_contents(cwd: Path) -> Contents:
    return {folder.name: result(folder) for folder in jobs(cwd)} | {"leaderboard": board(cwd)}


def _sweep(name: str, *arguments: str, repeats: bool = True) -> Program:
    line = ("-m", *SMALL, "logger=none", "sweep.name=s", "sweep.baseline=none", *arguments)
    line = (*line, "sweep.max_attempts=99") if repeats else line
    return Program(name, line, lambda cwd: line, _sweep_contents, repeats)


GRID = ("optimizer.lr=0.003,0.01,0.1", "seed=0,1")
SEARCH = (
    "hydra/sweeper=optuna",
    "hydra.sweeper.n_trials=6",
    "hydra.sweeper.sampler=random",
    "optimizer.lr=tag(log, interval(1e-4, 1e-1))",
)

PROGRAMS = {
    program.name: program
    for program in (
        Program("run", SMALL, _resume, _run_contents),
        _sweep("sweep", "optimizer.lr=0.01,0.1"),
        _sweep("grid", *GRID),
        _sweep("race", "optimizer.lr=1e-5,0.01,0.1", "sweep.race=true", "sweep.seeds=4"),
        _sweep("folds", "optimizer.lr=0.01,0.1", "sweep.folds=3"),
        _sweep("search", *SEARCH, repeats=False),  # a trial that dies counts as failed
        _sweep("slurm", *GRID, "hydra/launcher=slurm"),
        _sweep("ray", *GRID, "hydra/launcher=ray"),
    )
}
"""The programs; `sweep` is a small `grid`, and the last two need SLURM and Ray."""
