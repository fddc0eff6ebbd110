"""The printed views of a sweep."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from tests.sweeps.conftest import job
from tests.sweeps.test_progress import done

from reviewlab.runs.status import Status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.views import SHARE, Board, Lines, LiveTable, standing


def test_one_line_says_how_it_stands(tmp_path: Path) -> None:
    progress = Progress(4, 2, "val/accuracy", "max")
    done(progress, 0, 0.5, tmp_path)
    progress.ended(job(1), Status("failed"), tmp_path)
    progress.ended(job(2), Status("preempted"), tmp_path)
    line = standing(progress)
    assert line.startswith("2 of 4 ended, 1 done, 1 failed, 1 preempted")
    assert "best val/accuracy 0.5000 (job 0)" in line


def test_a_failure_is_told_with_its_last_line_and_its_log(tmp_path: Path) -> None:
    text = StringIO()
    lines = Lines(Progress(1, 1, "val/accuracy", "max"), Console(file=text, width=80), False)
    lines.started(job(0), tmp_path)
    lines.ended(job(0), Status("failed", error="Traceback\n  [red]x\nKeyError: 'y'"), tmp_path)
    assert text.getvalue().splitlines()[:2] == ["job 0 failed  succeed", "  KeyError: 'y'"]
    assert "train.log" in text.getvalue()
    assert "Traceback" not in text.getvalue()


def test_the_live_table_leaves_nothing_behind(tmp_path: Path) -> None:
    text = StringIO()
    progress = Progress(20, 2, "val/accuracy", "max")
    table = LiveTable(progress, Console(file=text, width=80, force_terminal=True))
    for number in range(15):
        progress.started(job(number, "a[b]=1"), tmp_path)
    table.started(job(0), tmp_path)
    table.close()
    assert "a[b]=1" in text.getvalue()
    assert "and 3 more" in text.getvalue()


def test_a_person_reads_a_job_as_it_was_typed(tmp_path: Path) -> None:
    text = StringIO()
    lines = Lines(Progress(2, 1, "val/accuracy", "max"), Console(file=text, width=80), True)
    lines.started(job(0, r"model.a=$\{model.b\}"), tmp_path)
    lines.ended(job(1, "lr=0.30000000000000004"), Status("preempted", error="told to"), tmp_path)
    assert text.getvalue().splitlines() == [
        "job 0 starts  model.a=${model.b}",
        "job 1 preempted  0.0 s  lr=0.3",
        "  told to",
    ]


class Reporter:
    """A leaderboard whose writing takes a given time on its clock."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        self.clock, self.seconds = clock, seconds
        self.updated: list[Path] = []
        self.written = 0

    def update(self, job_folder: Path) -> None:
        self.updated.append(job_folder)

    def write(self) -> None:
        self.clock[0] += self.seconds
        self.written += 1


def test_a_leaderboard_is_written_after_each_job_but_not_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("reviewlab.sweeps.views.time.monotonic", lambda: clock[0])
    reporter = Reporter(clock, seconds=1.0)
    board = Board(reporter)
    for number in range(30):
        board.ended(job(number), Status("done"), tmp_path)
        clock[0] += 2.0
    assert len(reporter.updated) == 30
    assert 60 * SHARE <= reporter.written <= 60 * SHARE + 1
