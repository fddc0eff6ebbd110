"""A search as users start it: interrupted, resumed, with a pruner."""

import csv
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.cli.processes import Done, last_command, once, read, runs, start, train, until_in

from reviewlab.sweeps.outcome import known_status

EPOCHS = 60
"""Enough epochs for a signal after the first one to arrive in time."""
ARGUMENTS = [
    "-m",
    "hydra/sweeper=optuna",
    "data.reviews=300",
    "model=mlp",
    "optimizer.lr=tag(log,interval(1e-5,1e-1))",
    "hydra.sweeper.pruner=median",
    "hydra.sweeper.seed=3",
    "hydra.launcher.slots=1",  # the same trials each time
    f"trainer.max_epochs={EPOCHS}",
    "sweep.name=lr",
    "sweep.allow_changes=true",  # of code that is being edited
]


def folder_of(cwd: Path) -> Path:
    return cwd / "outputs" / "sweeps" / "lr"


def jobs(cwd: Path) -> list[Path]:
    return sorted(folder_of(cwd).glob("jobs/*"))


def interrupted(cwd: Path) -> Done:
    """A search of eight trials that gets a SIGINT soon after its first trial has begun."""
    process = start(cwd, *ARGUMENTS, "hydra.sweeper.n_trials=8")
    saved = "jobs/*/checkpoints/last.ckpt"
    until_in(process, lambda: [*folder_of(cwd).glob(saved)], "the first epoch")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    states = " ".join(known_status(job).state for job in jobs(cwd))
    return Done(process.returncode, f"{states}\n{out}", err, runs(cwd))


def gone_on_with(cwd: Path) -> Done:
    first = interrupted(cwd)
    assert first.code == 130, first.err
    assert first.out.splitlines()[0] == "preempted"
    _, _, *arguments = last_command(first.out)
    return train(cwd, *arguments)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """The interrupted search, completed by the command in its last line of output."""
    done = once(tmp_path_factory, "search", gone_on_with)
    base = tmp_path_factory.getbasetemp()
    cwd = next(p / "search" for p in (base, base.parent) if (p / "search").is_dir())
    assert done.code == 0, done.err
    return cwd, done


def test_what_was_interrupted_goes_on_as_the_same_trial(search: tuple[Path, Done]) -> None:
    cwd, done = search
    assert "job 0 resumes  optimizer.lr=" in done.err
    assert [job.name[:4] for job in jobs(cwd)] == [f"{number:04d}" for number in range(8)]
    assert known_status(jobs(cwd)[0]).attempts == 2
    assert len(read(jobs(cwd)[0] / "result.json")["curves"]) == EPOCHS


def test_who_falls_behind_is_stopped_and_nobody_else(search: tuple[Path, Done]) -> None:
    states = Counter(known_status(job).state for job in jobs(search[0]))
    assert states["pruned"] > 0
    assert states["done"] >= 5
    assert states.total() == 8
    for job in jobs(search[0]):
        epochs = len(read(job / "result.json")["curves"])
        assert (epochs < EPOCHS) == (known_status(job).state == "pruned")
        assert (job / "checkpoints" / "last.ckpt").exists()


def test_the_leaderboard_says_who_was_stopped_and_why(search: tuple[Path, Done]) -> None:
    cwd, done = search
    with (folder_of(cwd) / "leaderboard.csv").open(newline="") as file:
        assert len([*csv.DictReader(file)]) == 8
    pruned = sum(known_status(job).state == "pruned" for job in jobs(cwd))
    assert done.out.count("is behind the other trials") == pruned


def test_nothing_is_said_that_is_no_news(search: tuple[Path, Done]) -> None:
    assert "arning" not in search[1].err
    assert "rial" not in search[1].err  # no messages of Optuna


def test_a_grid_imports_nothing_of_it() -> None:
    names = "reviewlab.launching.start, reviewlab.launching.job_entry"
    code = f"import {names}, sys; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
