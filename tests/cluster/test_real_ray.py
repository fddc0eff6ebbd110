"""Sweeps on a real Ray of one node end like local ones, and lose nothing."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.cli.processes import ROOT, script
from tests.cluster.conftest import jobs, statuses
from tests.cluster.test_cluster import parent_of, saved, states, trained
from tests.cluster.test_training import SMALL, assert_drops_the_same, rows, train
from tests.until import until

from reviewlab.sweeps.outcome import known_status

pytest.importorskip("ray", reason="no Ray here: `make test-cluster` installs the extra `ray`")
pytestmark = pytest.mark.cluster

ON_RAY = "hydra/launcher=ray"
PATIENCE = 300
"""The time limit in seconds: Ray starts a dozen processes, slowly on a busy machine."""


@pytest.fixture(autouse=True)
def nothing_of_ray_is_left_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check that the Ray of a test has ended with it."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # the paths of its sockets must be short
    monkeypatch.setenv("RAY_TMPDIR", folder)
    monkeypatch.setenv("RAY_worker_niceness", "0")  # 15: on a busy machine they take minutes
    yield
    try:
        until(lambda: not processes_with(folder), "the end of Ray")
    finally:
        for number in processes_with(folder):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def processes_with(word: str) -> list[int]:
    """Return the processes with `word` in their environment, except this one and its zygote."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is not ours
            command = file.with_name("cmdline").read_bytes()
            if word.encode() in file.read_bytes() and b"zygote.py" not in command:
                found.append(int(file.parent.name))
    return [number for number in found if number != os.getpid()]


def start(where: str, sweep: Path, words: str) -> subprocess.Popen[str]:
    """Run a sweep of deeds in a process group, which gets signals like one on a terminal."""
    search = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.ray_driver", where, str(sweep), words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": search},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(where: str, sweep: Path, words: str) -> int:
    process = start(where, sweep, words)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def reasons(sweep: Path) -> dict[str, str]:
    return {deed: status.reason for deed, status in statuses(sweep).items()}


def test_each_ends_as_it_does_here(tmp_path: Path) -> None:
    words = "train-5,raise,exit,dies-6,train-7"
    assert finish("ray", tmp_path / "there", words) == 1
    assert finish("local", tmp_path / "here", words) == 1
    assert states(tmp_path / "there") == {
        **dict.fromkeys(("train-5", "train-7"), "done"),
        **dict.fromkeys(("raise", "exit"), "failed"),
        "dies-6": "killed",
    }
    assert states(tmp_path / "there") == states(tmp_path / "here")
    assert reasons(tmp_path / "there") == reasons(tmp_path / "here")


def test_what_is_interrupted_saves_and_goes_on(tmp_path: Path) -> None:
    sweep, words = tmp_path / "sweep", "train-60,train-61,train-5"
    process = start("ray", sweep, words)
    until(
        lambda: len([*sweep.glob("jobs/*/checkpoints/last.ckpt")]) == 2, "two first steps", PATIENCE
    )
    os.killpg(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "2 preempted" in said
    assert {status.reason for status in statuses(sweep).values()} == {"told to"}
    assert finish("ray", sweep, words) == 0
    assert all(trained(folder) for folder in jobs(sweep))
    assert [known_status(folder).attempts for folder in jobs(sweep)] == [2, 2, 1]
    assert {known_status(folder).failures for folder in jobs(sweep)} == {0}


def test_a_job_that_ray_loses_is_killed_and_goes_on(tmp_path: Path) -> None:
    sweep, words = tmp_path / "sweep", "train-100,train-5"
    process = start("ray", sweep, words)
    until(lambda: saved(sweep), "a first step", PATIENCE)
    job = known_status(jobs(sweep)[0]).pid
    for number in (parent_of(job), job):  # at once, or it would notice and save
        os.kill(number, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert states(sweep) == {"train-100": "killed", "train-5": "done"}
    assert reasons(sweep)["train-100"].startswith("Ray lost the job: ")
    assert finish("ray", sweep, words) == 0
    assert all(trained(folder) for folder in jobs(sweep))


def test_the_rows_are_those_of_the_same_sweep_here(tmp_path: Path) -> None:
    asked = [*SMALL, "optimizer.lr=1e-3,1e-2", "seed=0,1"]
    there = train(tmp_path, "sweep", *asked, ON_RAY)
    (tmp_path / "here").mkdir()
    assert rows(there) == rows(train(tmp_path / "here", "sweep", *asked))


def test_a_race_drops_the_same_configurations_after_the_same_rounds(tmp_path: Path) -> None:
    assert_drops_the_same(tmp_path, ON_RAY)


def test_a_search_hands_out_its_trials_there(tmp_path: Path) -> None:
    space = ["hydra/sweeper=optuna", "hydra.sweeper.n_trials=3", "model.hidden_size=choice(4,8)"]
    sweep = train(tmp_path, "search", *SMALL, *space, ON_RAY)
    with (sweep / "leaderboard.csv").open(newline="") as file:
        assert sum(int(row["n"]) for row in csv.DictReader(file)) >= 2
    assert {known_status(folder).state for folder in jobs(sweep)} == {"done"}


def test_what_no_node_has_is_refused(tmp_path: Path) -> None:
    done = script(
        "train", tmp_path, "-m", *SMALL, "seed=0", ON_RAY, "hydra.launcher.threads_per_job=999"
    )
    assert done.code == 2
    [said] = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert said.startswith("error: hydra.launcher: job 0 needs 999 CPU, but no node of the cluster")
    assert not (tmp_path / "outputs").exists()


def test_an_address_where_nobody_answers_is_refused(tmp_path: Path) -> None:
    for address in ("auto", "127.0.0.1:1", "nonsense"):
        done = script(
            "train", tmp_path, "-m", "seed=0", ON_RAY, f"hydra.launcher.address='{address}'"
        )
        assert done.code == 2
        [line] = [line for line in done.err.splitlines() if line.startswith("error: ")]
        assert line.startswith(
            f"error: hydra.launcher.address: cannot join a cluster at {address!r}: "
        )
