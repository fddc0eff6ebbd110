"""What a person reads of a sweep."""

from io import StringIO
from pathlib import Path

from rich.console import Console
from tests.sweeps.conftest import job

from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status
from reviewlab.sweeps.progress import Progress, duration
from reviewlab.sweeps.views import Lines, LiveTable, standing


def done(progress: Progress, number: int, value: float, folder: Path) -> None:
    write_result(folder, {"best": {"val/accuracy": value}})
    progress.started(job(number), folder)
    progress.ended(job(number), Status("done", started=0, ended=2), folder)


def test_the_best_so_far_follows_the_mode(tmp_path: Path) -> None:
    for mode, best in (("max", 2), ("min", 1)):
        progress = Progress(4, 2, "val/accuracy", mode)
        for number, value in enumerate((0.5, 0.4, 0.6)):
            done(progress, number, value, tmp_path)
        assert progress.best is not None
        assert progress.best[1].number == best


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


def test_durations_are_said_in_two_units() -> None:
    assert [duration(s) for s in (0.4, 59.6, 3599, 7300)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "2 h 1 min",
    ]
