"""The status of a run, and how an attempt ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewlab.runs.status import Status, read_status, write_end, write_status


def test_a_run_without_a_status_waits(tmp_path: Path) -> None:
    assert read_status(tmp_path) == Status("queued")


def test_a_status_is_read_as_it_was_written(tmp_path: Path) -> None:
    status = replace(Status("queued", 1, 1).begun(), epoch=2, step=30, heartbeat=5.0)
    write_status(tmp_path, status)
    assert read_status(tmp_path) == status
    assert (status.state, status.attempts, status.failures) == ("running", 2, 1)


@pytest.mark.parametrize(
    ("state", "failures"), [("done", 0), ("preempted", 0), ("failed", 1), ("killed", 1)]
)
def test_an_end_counts_failures_and_keeps_how_far_it_came(
    tmp_path: Path, state: str, failures: int
) -> None:
    begun = Status("queued").begun()
    write_status(tmp_path, replace(begun, epoch=3, step=40, heartbeat=7.0))
    write_end(tmp_path, begun, state, "why\nthe last line")
    ended = read_status(tmp_path)
    assert (ended.state, ended.failures, ended.reason) == (state, failures, "the last line")
    assert (ended.epoch, ended.step, ended.heartbeat) == (3, 40, 7.0)
    assert ended.ended is not None


def test_an_end_is_written_over_a_damaged_status(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text("{")
    write_end(tmp_path, Status("queued").begun(), "failed", "full")
    assert read_status(tmp_path).state == "failed"


@pytest.mark.parametrize(
    "content",
    [
        '{"state": [1]}',
        '{"state": "gone"}',
        '{"state": null}',
        '{"state": "done", "attempts": "x"}',
        '{"state": "done", "error": 5}',
        '{"state": "done", "host": null}',
        '{"state": "running", "started": "now"}',
        '{"state": "running", "epoch": [1]}',
        "[" * 100_000,
        '{"state": ' + "1" * 5000 + "}",
    ],
)
def test_a_status_that_no_run_writes_is_unreadable(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read_status(tmp_path)
