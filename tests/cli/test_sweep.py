"""The jobs that `scripts/sweep.py resume` submits, and those that it cannot. No SLURM."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewlab.cli.sweep import main
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan
from reviewlab.console.commands import command as begin
from reviewlab.runs.files import short_path
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, read_status, write_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job

COMMAND = "python scripts/train.py -m seed=0,1 sweep.name=first"


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the numbers of the jobs submitted to a SLURM with an empty queue."""
    numbers: list[int] = []

    def submit(folder: ClusterFolder, launcher: SlurmLauncher, jobs: Sequence[Job]) -> list[str]:
        numbers.extend(job.number for job in jobs)
        return ["59_0"]

    monkeypatch.setattr("reviewlab.cli.sweep.submit", submit)
    monkeypatch.setattr("reviewlab.cluster.scheduler.known_ids", lambda owner: set())
    monkeypatch.setattr("reviewlab.cluster.scheduler.queued_ids", lambda owner: set())
    return numbers


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """A sweep of two failed jobs, the second of which was deleted."""
    kept, deleted = tmp_path / "jobs" / "0-0", tmp_path / "jobs" / "1-1"
    kept.mkdir(parents=True)
    RunFolder(kept).write_config({"seed": 0})
    write_status(kept, Status("running", attempts=1).finished("failed", "RuntimeError: boom"))
    jobs = [Job(n, (f"seed={n}",), str(n), str(n), 1, 1, 1) for n in range(2)]
    settings: Any = ("none:none", SlurmLauncher(), "val/accuracy", "max", 3, None, False, ())
    folder = ClusterFolder(tmp_path)
    folder.write(ClusterPlan(*settings, tuple(jobs), (kept.resolve(), deleted.resolve())))
    SweepFolder(tmp_path).write({"command": COMMAND})
    return tmp_path


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_resume_submits_the_others_and_names_a_job_that_was_deleted(
    sweep: Path, submitted: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of("resume", str(sweep)) == 1
    assert submitted == [0]
    assert read_status(sweep / "jobs" / "0-0").state == "queued"
    assert capsys.readouterr().out.splitlines() == [
        f"submitted 1 job in 1 allocation (59); follow: {begin('sweep')} wait {short_path(sweep)}",
        f"no config.yaml for job 1; continue with: {COMMAND}",
    ]


@pytest.mark.parametrize("command", ["status", "resume"])
@pytest.mark.usefixtures("submitted")
def test_nobody_makes_the_folder_of_a_deleted_job_again(command: str, sweep: Path) -> None:
    code_of(command, str(sweep))
    assert [path.name for path in (sweep / "jobs").iterdir()] == ["0-0"]


@pytest.mark.parametrize(("failures", "goes_on"), [(2, True), (3, False)])
def test_collect_says_how_to_go_on_while_a_job_may_fail_again(
    failures: int, goes_on: bool, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _, folder in ClusterFolder(sweep).read():
        folder.mkdir(exist_ok=True)
        write_status(folder, Status("failed", failures=failures, error="RuntimeError: boom"))
    assert code_of("collect", str(sweep)) == 1
    *_, last = capsys.readouterr().out.splitlines()
    command = f"; continue with: {begin('sweep')} resume {short_path(sweep)}"
    assert last == f"2 failed{command if goes_on else ''}"


def test_status_shows_a_sweep_whose_submission_was_killed_before_its_plan(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sweep / "cluster" / "plan.json").unlink()
    assert code_of("status", str(sweep)) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == f"{short_path(sweep)}: 1 job so far: 1 failed"
    assert last == f"  {COMMAND}"
