"""Runs without a value, and the remaining work of a sweep."""

from pathlib import Path

from tests.reporting.folders import config, grid, run
from tests.reporting.page.pages import written

from reviewlab.reporting.page.unfinished import Left


def test_alike_failures_are_told_once_with_their_traceback(tmp_path: Path) -> None:
    for place in range(3):
        error = "Traceback\n" + "\n".join(f"  line {i}" for i in range(60)) + "\nOops: no memory"
        run(tmp_path / f"f{place}", config(lr=place), state="failed", error=error)
    run(tmp_path / "p", config(lr=9), state="pruned", error="after epoch 3: behind the others")
    page, _ = written(tmp_path)
    assert "No run has measured val/accuracy" in page.text
    assert "failed (3 runs): Oops: no memory" in page.text
    assert "line 59 Oops: no memory" in page.text
    assert "line 9 " not in page.text
    assert "pruned : after epoch 3" in page.text
    assert page.scripts == []


def test_jobs_that_never_started_are_told_with_what_goes_on(tmp_path: Path) -> None:
    grid(tmp_path)
    command = "python scripts/train.py -m a=1,2 sweep.name=x"
    page, _ = written(tmp_path, Left(2, command))
    assert "12 measured 2 not started" in page.text
    assert "not started : 2 of the sweep's jobs If the sweep is not running" in page.text
    assert command in page.text


def test_of_a_sweep_that_has_ended_nothing_goes_on(tmp_path: Path) -> None:
    grid(tmp_path)
    page, _ = written(tmp_path)
    assert "not started" not in page.text
    assert "continues it" not in page.text
