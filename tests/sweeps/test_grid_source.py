"""The remaining work on the page of a sweep is what the next launch would do."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.reporting.page.unfinished import NOTHING, Left
from reviewlab.reporting.rows import run_folders
from reviewlab.runs.status import State, read_status, write_status
from reviewlab.sweeps.grid_source import remaining_work

COMMAND = "python scripts/train.py -m a=1,2 sweep.name=x"
SWEEP = {"jobs": 12, "max_attempts": 3, "command": COMMAND}
SEARCH = {"jobs": None, "max_attempts": 1, "command": COMMAND}


def left_in(folder: Path, sweep: dict) -> Left:
    return remaining_work(read_leaderboard(list(run_folders(folder)), "val/accuracy", "max"), sweep)


def fail(folder: Path, state: State, failures: int) -> None:
    run(folder, config(lr=8), state=state, error="RuntimeError: boom")
    write_status(folder, replace(read_status(folder), failures=failures))


def test_jobs_that_never_began_go_on(tmp_path: Path) -> None:
    grid(tmp_path)
    assert left_in(tmp_path, {**SWEEP, "jobs": 14}) == Left(2, COMMAND)


@pytest.mark.parametrize("sweep", [{}, SWEEP, SEARCH, {**SWEEP, "jobs": 4}])
def test_of_what_has_ended_nothing_is_left(sweep: dict, tmp_path: Path) -> None:
    grid(tmp_path)
    run(tmp_path / "jobs" / "12", config(lr=8), state="pruned")
    assert left_in(tmp_path, sweep) == NOTHING


@pytest.mark.parametrize("sweep", [SWEEP, SEARCH])
@pytest.mark.parametrize("state", ["queued", "running", "preempted"])
def test_a_job_that_was_stopped_goes_on(sweep: dict, state: State, tmp_path: Path) -> None:
    run(tmp_path / "jobs" / "0", config(), state=state)
    assert left_in(tmp_path, {**sweep, "jobs": 1}).command == COMMAND


@pytest.mark.parametrize("state", ["failed", "killed"])
@pytest.mark.parametrize(
    ("sweep", "failures", "goes_on"),
    [(SWEEP, 1, True), (SWEEP, 2, True), (SWEEP, 3, False), (SEARCH, 1, False), ({}, 1, False)],
)
def test_a_job_that_failed_goes_on_where_it_is_tried_again(
    sweep: dict, failures: int, goes_on: bool, state: State, tmp_path: Path
) -> None:
    grid(tmp_path)
    fail(tmp_path / "jobs" / "12", state, failures)
    assert left_in(tmp_path, sweep) == Left(0, COMMAND if goes_on else "")


def test_a_result_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    first, *_ = grid(tmp_path)
    (first / "result.json").write_text('{"best": {"val')
    assert left_in(tmp_path, SWEEP) == Left(0, COMMAND)
