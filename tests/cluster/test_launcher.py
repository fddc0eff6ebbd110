"""The requested resources of an allocation, and the settings that are refused."""

from typing import Any

import pytest
from tests.cluster.shaped import job

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.exceptions import InputError
from reviewlab.sweeps.job import Job


@pytest.mark.parametrize(
    ("options", "made", "wanted"),
    [
        ({}, job(), {"nodes": 1, "ntasks_per_node": 1, "cpus_per_task": 1}),
        ({"threads_per_job": 3}, job(devices=2), {"cpus_per_task": 6}),
        ({"slots": 4, "jobs_per_allocation": 8}, job(), {"cpus_per_task": 4}),
        ({"slots": 4, "jobs_per_allocation": 2}, job(), {"cpus_per_task": 2}),
        ({"cpus": 16}, job(), {"cpus_per_task": 16}),
        ({}, job(devices=2, gpu=True), {"gpus_per_node": 2}),
        ({"slots": 2, "jobs_per_allocation": 2}, job(gpu=True), {"gpus_per_node": 2}),
        (
            {"slots": 4, "jobs_per_allocation": 4, "gpus": 1},
            job(gpu=True),
            {"gpus_per_node": 1, "cpus_per_task": 4},
        ),
        (
            {},
            job(devices=4, nodes=2, gpu=True),
            {"nodes": 2, "ntasks_per_node": 1, "cpus_per_task": 4, "gpus_per_node": 4},
        ),
        ({"nodes": 1}, job(nodes=2), {"nodes": 1, "ntasks_per_node": 2, "cpus_per_task": 1}),
        ({"memory": "8G", "qos": "low"}, job(), {"mem": "8G", "qos": "low"}),
    ],
)
def test_an_allocation_asks_for_what_its_jobs_compute_with(
    options: dict[str, Any], made: Job, wanted: dict[str, Any]
) -> None:
    asked = SlurmLauncher(**options).request(made)
    assert {key: asked[key] for key in wanted} == wanted
    assert ("gpus_per_node" in asked) is made.gpu
    assert asked["srun_args"][-1] == f"--cpus-per-task={asked['cpus_per_task']}"


def test_how_many_jobs_run_at_a_time_follows_from_allocations_and_slots() -> None:
    assert SlurmLauncher(jobs_per_allocation=3, slots=2).jobs_at_a_time(7) == 6
    assert SlurmLauncher(array_parallelism=2).jobs_at_a_time(7) == 2
    assert SlurmLauncher(slots=4).processes(job(devices=2)) == 2
    assert SlurmLauncher(slots=4, jobs_per_allocation=3).processes(job(devices=2)) == 6


def test_options_of_sbatch_are_handed_on_but_those_that_would_lose_jobs_are_not() -> None:
    asked = SlurmLauncher(options={"reservation": "mine"}, signal_seconds=30).request(job())
    assert asked["additional_parameters"] == {
        "signal": "USR1@30",
        "requeue": True,
        "reservation": "mine",
    }
    with pytest.raises(InputError, match=r"hydra.launcher.options: 'requeue' is set by"):
        SlurmLauncher(options={"requeue": False}).request(job())
