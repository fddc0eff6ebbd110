"""The printed status of a sweep on a cluster. No SLURM."""

from pathlib import Path

from tests.cluster.shaped import job
from tests.cluster.test_plan import plan
from tests.runs.statuses import gone

from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.status_text import submitted_as, sweep_status, without_config
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.status_text import SHOWN


def test_a_line_for_each_job_that_is_not_done(tmp_path: Path) -> None:
    folder, whole = ClusterFolder(tmp_path), plan(tmp_path, jobs=4)
    folder.write(whole)
    folder.note_allocation("7_0", [f"{1:012x}"])
    write_status(whole.folders[0], Status("done"))
    running = Status("running", attempts=2, host="node1")
    write_status(whole.folders[1], running)
    write_status(whole.folders[2], Status("failed", attempts=1, error="Traceback\nKeyError: 'y'"))
    assert sweep_status(folder, {"7_0"}).splitlines() == [
        f"{tmp_path}: 4 jobs: 1 done, 1 failed, 1 queued, 1 running",
        "allocations in SLURM's queue: 7_0",
        "job 1 running in 7_0 on node1, attempt 2  x=1 y=1",
        f"job 2 failed  x=2 y=1: KeyError: 'y' (log: {whole.folders[2]}/train.log)",
        "job 3 queued  x=3 y=1",
    ]


def test_a_job_whose_process_is_gone_was_killed(tmp_path: Path) -> None:
    folder, whole = ClusterFolder(tmp_path), plan(tmp_path, jobs=1)
    folder.write(whole)
    write_status(whole.folders[0], gone())
    assert sweep_status(folder, None).splitlines()[2:] == [
        "job 0 killed  x=0 y=1: its process ended unexpectedly"
    ]


def test_of_thousands_of_jobs_the_first_are_enough(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    folder.write(plan(tmp_path, jobs=SHOWN + 3))
    lines = sweep_status(folder, None).splitlines()
    assert lines[1] == "squeue is not responding: pending and running allocations are not known"
    assert len(lines) == 2 + SHOWN + 1
    assert lines[-1] == "and 3 more"
    assert sweep_status(folder, set()).splitlines()[1].startswith("none of its allocations")


def test_what_was_submitted_is_named_by_its_arrays() -> None:
    jobs = [job(number) for number in range(3)]
    assert (
        submitted_as(jobs, ["12_0", "12_1", "9_0"]) == "submitted 3 jobs in 3 allocations (9, 12)"
    )
    assert submitted_as(jobs[:1], ["12"]) == "submitted 1 job in 1 allocation (12)"


def test_jobs_without_a_config_are_named() -> None:
    jobs = [job(number) for number in range(SHOWN + 1)]
    assert without_config(jobs[:2]) == "no config.yaml for job 0, 1"
    assert without_config(jobs).endswith(f"{SHOWN - 1} and 1 more")
