"""Sweeps planned here that run on a cluster: what an allocation asks for, what is refused."""

from typing import Any

import pytest

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.submission import packed
from reviewlab.exceptions import InputError
from reviewlab.launching.slurm import Cluster
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)


def plan(*arguments: str) -> list[Job]:
    return Planner(["data.reviews=200", *arguments], SweepSettings(), "s", elsewhere=True).jobs()


def job(number: int = 0, devices: int = 1, nodes: int = 1, gpu: bool = False) -> Job:
    return Job(number, (), f"{number:012x}", f"{number:012x}", devices, 1, 1, nodes, gpu)


def test_a_machine_without_a_gpu_plans_for_one_with_several() -> None:
    [made] = plan("trainer=gpu", "trainer.precision=bf16-mixed", "trainer.devices=4")
    assert (made.devices, made.nodes, made.gpu) == (4, 1, True)
    several = ["trainer=multi_node", "trainer.num_nodes=4", "trainer.accelerator=cuda"]
    [made] = plan(*several, "trainer.strategy=fsdp")
    assert (made.devices, made.nodes, made.gpu) == (1, 4, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trainer=gpu"], "trainer.precision: auto depends on the node"),
        (["trainer=ddp"], "trainer.accelerator: auto depends on the node"),
        (["trainer=gpu", "trainer.devices=-1"], "trainer.devices: -1 depends on the node"),
        (["trainer.strategy=dpp"], "trainer.strategy: 'dpp' is not allowed; did you mean 'ddp'?"),
        (["trainer.max_time=soon"], "trainer.max_time: 'soon' is not allowed"),
        (
            ["data.batch_size=9", "trainer=multi_node", "trainer.accelerator=cpu"],
            "data.batch_size: 9 cannot be shared",
        ),
    ],
)
def test_what_can_be_known_here_is_refused_here(arguments: list[str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        plan(*arguments)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


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


@pytest.mark.parametrize(
    ("options", "made", "said"),
    [
        ({"cpus": 1}, job(devices=2), "hydra.launcher.cpus: 1 on each node, but job 0"),
        ({"gpus": 0}, job(gpu=True), "hydra.launcher.gpus: 0 on each node"),
        ({"nodes": 2}, job(nodes=3), "hydra.launcher.nodes: 2 cannot share 3"),
        ({"nodes": 2}, job(), "hydra.launcher.nodes: 2 cannot share 1"),
        ({"slots": 2, "jobs_per_allocation": 2}, job(nodes=2), "hydra.launcher.slots: 2, but job"),
        ({"time": 1, "signal_seconds": 31}, job(), "hydra.launcher.signal_seconds: 31 of 60 s"),
        ({"options": {"signal": "USR2@1"}}, job(), "hydra.launcher.options: 'signal' is decided"),
    ],
)
def test_what_is_too_little_is_refused(options: dict[str, Any], made: Job, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Cluster(SlurmLauncher(**options)).refuse([made])


def test_jobs_that_share_an_allocation_are_alike() -> None:
    jobs = [job(n, devices=1 + n % 2) for n in range(7)]
    packs = [[made.number for made in pack] for pack in packed(jobs, 3)]
    assert packs == [[0, 2, 4], [6], [1, 3, 5]]
    assert SlurmLauncher(jobs_per_allocation=3, slots=2).jobs_at_a_time(7) == 6
    assert SlurmLauncher(array_parallelism=2).jobs_at_a_time(7) == 2
