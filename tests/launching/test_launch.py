"""The end of a sweep's output: the command to continue, if there is anything left to do."""

import os
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.reporting.folders import config, run

from reviewlab.cli.report import main
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.planning.ngram_baseline import Baselines
from reviewlab.reporting.reporter import Reporter
from reviewlab.runs.status import State, read_status, write_status
from reviewlab.sweeps.changes import code
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.grid_source import GridSource
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.queue import View
from reviewlab.sweeps.settings import SweepSettings


class EndsAs(Launch):
    """A place where every job ends in a given state, without training."""

    state: State

    def _carry_out(self, views: Sequence[View]) -> None:
        for job in iter(self._work.next, None):
            folder = self._prepare_folder(job)
            assert folder is not None
            status = read_status(folder).begun().finished(self.state, "RuntimeError: boom")
            write_status(folder, status)
            for view in views:
                view.ended(job, status, folder)


@dataclass(frozen=True)
class Small:
    """An experiment that is never trained."""

    seed: int
    threads: int = 1

    def as_config(self) -> dict[str, Any]:
        return asdict(self)


def launch(
    path: Path,
    state: State,
    max_attempts: int,
    logger: dict[str, str] | None = None,
    seeds: Sequence[str] = (),
    code: int | None = None,
) -> str:
    """Launch a grid of one job again, and return its last words."""
    settings = SweepSettings(name=path.name, max_attempts=max_attempts)
    folder, job = SweepFolder(path), Job(0, ("seed=0",), f"{0:012x}", f"{0:012x}", 1, 10, 10)
    planner: Any = SimpleNamespace(
        varied=["seed"],
        experiment=lambda job: Small(job.number),
        baselines=Baselines(SweepSettings(baseline="none")),
    )
    config = {"logger": logger}
    request: Any = SimpleNamespace(argv=["-m", "seed=0"], config=config, settings=settings)
    folders = folder.of_jobs()
    work = GridSource([job], folders, max_attempts)
    ends = EndsAs(LaunchPlan(request, planner, work, folder, folders, [*seeds]), 1, 1)
    ends.state = state
    outcome = ends.run()
    assert outcome.code == ((0 if state == "done" else 1) if code is None else code)
    return outcome.summary


@pytest.mark.parametrize(
    ("state", "launches", "goes_on"),
    [
        ("preempted", 3, True),
        ("failed", 1, True),
        ("failed", 2, False),
        ("failed", 3, False),
        ("killed", 1, True),
        ("killed", 2, False),
    ],
)
def test_a_grid_goes_on_until_its_jobs_have_failed_as_often_as_they_may(
    state: State,
    launches: int,
    goes_on: bool,
    tmp_path: Path,
) -> None:
    """It may fail twice; terminal and page agree."""
    path = tmp_path / "first"
    path.mkdir()
    for _ in range(launches):
        printed = launch(path, state, max_attempts=2)
    assert f"1 {state}" in printed
    assert ("continue with:" in printed) == goes_on
    main([str(path), "--html"])
    page = (path / "report.html").read_text(encoding="utf-8")
    assert ("-m seed=0 sweep.name=first" in page) == goes_on


@pytest.mark.parametrize(
    ("logger", "shows"), [("tensorboard", True), ("csv", False), (None, False)]
)
def test_a_sweep_names_what_to_do_with_it(
    logger: str | None,
    shows: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It names the commands for its page and its best run, and for its curves if there are any."""
    monkeypatch.setattr("sys.argv", ["train.py", "-m", "seed=0"])
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "first"
    path.mkdir()
    run(path / "jobs" / f"0000-seed-0-{0:012x}", config())
    target = {"_target_": f"reviewlab.training.loggers.{logger}"} if logger else None
    summary = launch(path, "done", max_attempts=2, logger=target)
    lines = summary.replace("\\\n    ", "").splitlines()
    assert any(line.endswith(" -m reviewlab report first --html") for line in lines)
    assert any(' -m reviewlab predict checkpoint=first text="' in line for line in lines)
    assert any(line.endswith("tensorboard --logdir first") for line in lines) == shows


def test_a_signal_before_the_tables_are_written_is_told_with_their_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "first"
    path.mkdir()
    monkeypatch.setattr(Reporter, "figures", lambda self: os.kill(os.getpid(), signal.SIGTERM))
    summary = launch(path, "done", max_attempts=1, code=143)
    assert summary == ""  # nothing is left to do but the tables
    out = capsys.readouterr().out
    told, command = out.replace("\\\n    ", "").splitlines()[-2:]
    assert told == "stopped by SIGTERM before the tables were written; write them with:"
    assert command.endswith(f" report {path}")


def test_the_planned_seeds_are_those_that_the_sweep_began_with(tmp_path: Path) -> None:
    for seeds in (["0", "1"], ["0", "1", "2"]):
        launch(tmp_path, "done", max_attempts=1, seeds=seeds)
        assert SweepFolder(tmp_path).plan().seeds == ["0", "1"]


def test_the_margin_is_recorded(tmp_path: Path) -> None:
    launch(tmp_path, "done", max_attempts=1)
    assert (SweepFolder(tmp_path).read() or {})["margin"] == 0.005
    assert SweepFolder(tmp_path).plan("val/loss").margin is None


def test_a_sweep_that_began_without_a_plan_has_none_later(tmp_path: Path) -> None:
    SweepFolder(tmp_path).write({"varied": [], "base": {"logger": None}, "code": code()})
    launch(tmp_path, "done", max_attempts=1, seeds=["0", "1"])
    assert SweepFolder(tmp_path).plan().seeds == []
