"""Whoever is killed, whenever: the same command again loses no run and doubles none."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json
from reviewlab.sweeps.outcome import known_status

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sweeps.driver", str(folder), name],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(folder: Path, name: str) -> str:
    process = start(folder, name)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


def jobs(sweep: Path) -> dict[str, Any]:
    """By folder, what came out of each job."""
    return {f.name: read_json(f / "result.json") for f in sorted((sweep / "jobs").iterdir())}


def timeless(sweep: Path) -> list[dict[str, str]]:
    """The leaderboard without the columns that tell of time and attempts."""
    with (sweep / "leaderboard.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    return [{k: v for k, v in row.items() if k not in ("seconds", "attempts")} for row in rows]


def kill(process: subprocess.Popen[str], sweep: Path, jobs_too: bool) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for folder in sweep.glob("jobs/*") if jobs_too else ():
        status = known_status(folder)
        if status.state == "running":
            with suppress(ProcessLookupError):
                os.killpg(status.pid, signal.SIGKILL)


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


def test_jobs_notice_that_the_sweep_is_gone(tmp_path: Path) -> None:
    process = start(tmp_path, "gone")
    running: list[int] = []
    while not running:
        time.sleep(0.01)
        statuses = [known_status(folder) for folder in (tmp_path / "gone").glob("jobs/*")]
        running = [status.pid for status in statuses if status.state == "running"]
    os.kill(process.pid, signal.SIGKILL)
    began = time.monotonic()
    while any(Path(f"/proc/{pid}").exists() for pid in running):
        assert time.monotonic() - began < 10
        time.sleep(0.05)
    process.communicate()
