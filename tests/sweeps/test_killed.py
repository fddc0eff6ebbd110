"""After any process was killed at any time, the same command loses and repeats no run."""

import csv
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.until import until

from reviewlab.runs.files import read_json
from reviewlab.sweeps.outcome import known_status

ROOT = Path(__file__).resolve().parents[2]

PATIENCE = 600
"""The time limit of waiting, in seconds."""


def start(folder: Path, name: str, steps: int = 30) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sweeps.driver", str(folder), name, str(steps)],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(folder: Path, name: str) -> str:
    process = start(folder, name)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    return said


def jobs(sweep: Path) -> dict[str, Any]:
    """Return the result of each job, by folder."""
    return {f.name: read_json(f / "result.json") for f in sorted((sweep / "jobs").iterdir())}


def timeless(sweep: Path) -> list[dict[str, str]]:
    """Return the leaderboard without columns of times and attempts."""
    with (sweep / "leaderboard.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    return [{k: v for k, v in row.items() if k not in ("seconds", "attempts")} for row in rows]


def pids(sweep: Path) -> list[int]:
    """Return the processes of running jobs."""
    statuses = map(known_status, sweep.glob("jobs/*"))
    return [status.pid for status in statuses if status.state == "running"]


def kill(process: subprocess.Popen[str], sweep: Path, jobs_too: bool) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pid in pids(sweep) if jobs_too else ():
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture
def long(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A sweep of very long jobs, two of which run."""
    process, sweep = start(tmp_path, "long", steps=1_000_000), tmp_path / "long"
    until(lambda: len(pids(sweep)) == 2, "two jobs")
    yield process, sweep
    kill(process, sweep, jobs_too=True)


def test_killed_at_twenty_moments_and_never_stopped_come_out_the_same(tmp_path: Path) -> None:
    finish(tmp_path, "whole")
    moments = random.Random(0)
    for number in range(20):
        process = start(tmp_path, "killed")
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sweep "), line + process.communicate()[0]
        time.sleep(moments.uniform(0, 0.25))
        kill(process, tmp_path / "killed", jobs_too=number % 2 == 0)
    said = finish(tmp_path, "killed")
    assert jobs(tmp_path / "killed") == jobs(tmp_path / "whole")
    assert len(jobs(tmp_path / "whole")) == 6
    assert timeless(tmp_path / "killed") == timeless(tmp_path / "whole")
    assert "not ended" not in said


def test_jobs_notice_that_the_sweep_is_gone(long: Any) -> None:
    process, sweep = long
    running = pids(sweep)
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running), "their end")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_to_the_whole_group_stops_a_sweep_that_can_go_on(
    number: signal.Signals, long: Any
) -> None:
    process, sweep = long
    os.killpg(process.pid, number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number, said
    statuses = [known_status(folder) for folder in sweep.glob("jobs/*")]
    assert [(status.state, status.failures) for status in statuses] == [("preempted", 0)] * 2
    assert shlex.split(said.splitlines()[-1])[-1] == f"sweep.name={sweep.name}"
