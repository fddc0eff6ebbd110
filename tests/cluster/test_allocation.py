"""The jobs of an allocation when it begins, and after a requeue by SLURM. No SLURM."""

from pathlib import Path

import pytest
from tests.runs.statuses import gone

from reviewlab.cluster.allocation import Share
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterPlan
from reviewlab.cluster.settle import make_queued
from reviewlab.runs.status import State, Status, read_record, write_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.queue import LATE

JOB = Job(0, (), "0", "0", 1, 1, 1)


def share(folder: Path) -> Share:
    plan = ClusterPlan(
        "none:none", SlurmLauncher(), "val/accuracy", "max", 3, None, False, (), (JOB,), (folder,)
    )
    return Share(plan, ["0"], limit=20)


@pytest.mark.parametrize(
    ("state", "error", "again"),
    [
        ("queued", None, True),
        ("preempted", "stopped by SIGUSR1", True),
        ("killed", "killed by SIGKILL", True),
        ("killed", f"{LATE}=5 s", False),
        ("failed", "RuntimeError: boom", False),
        ("pruned", None, False),
    ],
)
def test_what_failed_or_was_late_waits_for_somebody_to_resume_it(
    state: State, error: str | None, again: bool, tmp_path: Path
) -> None:
    write_status(tmp_path, Status("running", attempts=1).finished(state, error))
    assert share(tmp_path).next() == (JOB if again else None)
    make_queued(tmp_path)
    assert share(tmp_path).next() == JOB


def test_a_job_whose_end_nobody_recorded_was_killed_and_counts_as_a_failure(tmp_path: Path) -> None:
    write_status(tmp_path, gone())
    assert share(tmp_path).next() == JOB
    status = read_record(tmp_path)
    assert (status.state, status.failures) == ("killed", 1)
    assert status.error == "its allocation ended unexpectedly"
