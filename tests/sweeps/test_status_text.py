"""The status of a sweep that did not run on SLURM: what it says, and how it goes on."""

from pathlib import Path

import pytest
from tests.runs.statuses import gone

from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.folder import SweepFolder, SweepRecord
from reviewlab.sweeps.status_text import SHOWN, FolderStatus, folder_status

COMMAND = "python scripts/train.py -m seed=0,1,2 sweep.name=s"


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SweepFolder:
    """A sweep of three jobs, none of which has begun."""
    monkeypatch.chdir(tmp_path)
    folder = SweepFolder(tmp_path / "s")
    folder.make()
    record(folder, jobs=3)
    return folder


def record(folder: SweepFolder, jobs: int | None) -> None:
    content: SweepRecord = {"command": COMMAND, "jobs": jobs}
    folder.write(content)


def begin(folder: SweepFolder, number: int, status: Status) -> None:
    path = folder.jobs / f"{number:04d}-seed-{number}-{number:012x}"
    path.mkdir(parents=True)
    write_status(path, status)


def said(found: FolderStatus) -> list[str]:
    return "\n".join(found.lines()).splitlines()


def test_each_job_that_is_not_done_has_a_line(sweep: SweepFolder) -> None:
    begin(sweep, 0, Status("done"))
    begin(sweep, 1, Status("running", attempts=2).finished("failed", "boom"))
    found = folder_status(sweep)
    assert not found.is_done
    assert said(found) == [
        "s: 3 jobs: 1 done, 1 failed, 1 not started",
        "0001-seed-1-000000000001 failed, attempt 2: boom "
        "(log: s/jobs/0001-seed-1-000000000001/train.log)",
        "continue with:",
        f"  {COMMAND}",
    ]


def test_nothing_is_left_of_a_sweep_that_is_done(sweep: SweepFolder) -> None:
    for number, state in enumerate(("done", "pruned", "done")):
        begin(sweep, number, Status(state))
    found = folder_status(sweep)
    assert found.is_done
    assert said(found) == ["s: 3 jobs: 2 done, 1 pruned"]


def test_a_process_that_works_on_it_is_named(sweep: SweepFolder) -> None:
    with sweep.held():
        found = folder_status(sweep)
    assert not found.is_done
    first, second = said(found)
    assert first == "s: 3 jobs: 3 not started"
    assert second.endswith("is working on it")
    assert folder_status(sweep).process is None


def test_a_search_knows_only_the_trials_so_far(sweep: SweepFolder) -> None:
    record(sweep, jobs=None)
    assert said(folder_status(sweep))[0] == "s: 0 jobs so far: none started"
    begin(sweep, 0, Status("done"))
    found = folder_status(sweep)
    assert found.is_done
    assert said(found) == [
        "s: 1 job so far: 1 done",
        "if it is not complete, continue with:",
        f"  {COMMAND}",
    ]


def test_thousands_of_jobs_are_not_listed(sweep: SweepFolder) -> None:
    record(sweep, jobs=2000)
    for number in range(SHOWN + 5):
        begin(sweep, number, Status("failed"))
    lines = said(folder_status(sweep))
    assert lines[0] == "s: 2,000 jobs: 25 failed, 1,975 not started"
    assert lines[SHOWN + 1] == "and 5 more"


def test_a_job_whose_process_is_gone_counts_as_killed(sweep: SweepFolder) -> None:
    begin(sweep, 0, gone())
    assert folder_status(sweep).jobs[sweep.of_jobs()[f"{0:012x}"]].state == "killed"
