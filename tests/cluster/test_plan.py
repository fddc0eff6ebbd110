"""The files from which the nodes learn about a sweep. No SLURM."""

from pathlib import Path

import pytest

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan, expected, was_late
from reviewlab.exceptions import InputError
from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.queue import LATE


def plan(folder: Path, jobs: int = 2, **options: object) -> ClusterPlan:
    """A plan whose jobs have folders but have not begun."""
    planned = [Job(n, (f"x={n}", "y=1"), f"{n:012x}", "c", 1, 1, 1, 2, True) for n in range(jobs)]
    folders = [folder / "jobs" / f"{n:04d}" for n in range(jobs)]
    for path in folders:
        path.mkdir(parents=True, exist_ok=True)
    launcher = SlurmLauncher(setup=["module load x"], options={"nice": 1}, memory="8G")
    shared = ("model=lstm",)
    return ClusterPlan(
        *("none:none", launcher, "val/accuracy", "max", 3, 60.0, False),
        *(shared, tuple(planned), tuple(folders)),
    )


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder, before = ClusterFolder(tmp_path), plan(tmp_path)
    folder.write(before)
    assert folder.read() == before
    assert [path for _, path in folder.read()] == [*before.folders]


def test_a_sweep_that_was_moved_takes_its_jobs_with_it(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    ClusterFolder(tmp_path / "before").write(plan(tmp_path / "before"))
    (tmp_path / "before").rename(tmp_path / "after")
    after = ClusterFolder(tmp_path / "after").read()
    assert after.folders[0] == tmp_path / "after" / "jobs" / "0000"


@pytest.mark.parametrize("text", [None, "", "{"])
def test_a_sweep_that_was_not_submitted_is_refused(text: str | None, tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    if text is not None:
        folder.path.mkdir()
        (folder.path / "plan.json").write_text(text)
    with pytest.raises(InputError, match=r"sweep: .* has not been submitted to a cluster"):
        folder.read()


def test_jobs_are_found_by_run_id_also_where_a_grid_has_lost_some(tmp_path: Path) -> None:
    whole = plan(tmp_path)
    jobs = whole.of([f"{1:012x}", f"{7:012x}"])
    assert jobs == [(whole.jobs[1], whole.folders[1])]


@pytest.mark.parametrize(
    ("state", "failures", "error", "no_allocation", "no_resume"),
    [
        ("queued", 0, None, False, False),
        ("preempted", 0, None, False, False),
        ("pruned", 0, None, True, True),
        ("failed", 1, "boom", True, False),
        ("failed", 3, "boom", True, True),
        ("killed", 1, "killed by SIGKILL", False, False),
        ("killed", 1, f"{LATE}=60 s", True, False),
        ("killed", 3, f"{LATE}=60 s", True, True),
    ],
)
def test_what_failed_or_was_late_is_over_for_allocations_but_not_for_a_resume(
    state: State,
    failures: int,
    error: str | None,
    no_allocation: bool,
    no_resume: bool,
    tmp_path: Path,
) -> None:
    one = plan(tmp_path, jobs=1)
    [path] = one.folders
    status = Status(state, failures=failures, error=error)
    write_status(path, status)
    assert one.is_over(status, path) is no_allocation
    ended = [earlier.job for earlier in one.ended()]
    assert ended == ([*one.jobs] if no_resume else [])
    assert was_late(status) is bool(error and error.startswith(LATE))


def test_a_job_is_done_with_a_whole_result_only(tmp_path: Path) -> None:
    one = plan(tmp_path, jobs=1)
    [path] = one.folders
    status = Status("done")
    write_status(path, status)
    assert not one.is_over(status, path)
    write_result(path, {"best": {}})
    assert one.is_over(status, path)


def test_what_slurm_has_still_to_end_is_known_by_the_allocations_that_it_knows(
    tmp_path: Path,
) -> None:
    folder = ClusterFolder(tmp_path)
    folder.note_allocation("7_0", ["a", "b"])
    folder.note_allocation("7_1", ["c"])
    folder.note_allocation("9", ["a"])
    assert folder.allocations() == {"7_0": ["a", "b"], "7_1": ["c"], "9": ["a"]}
    assert expected(folder, {"7_1", "9", "of somebody else"}) == {"c": "7_1", "a": "9"}
    assert expected(folder, set()) == {}
