"""The share of this machine that a sweep gets, and early refusals."""

import pytest

from reviewlab.exceptions import InputError
from reviewlab.launching.here import LocalPlace, list_visible_gpus
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher


@pytest.fixture(autouse=True)
def four_cores_and_two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2, 3})
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def job(devices: int = 1, gpu: bool = False, nodes: int = 1) -> Job:
    return Job(0, (), "0", "0", devices, 1, 1, nodes, gpu)


@pytest.mark.parametrize(
    ("variable", "found", "names"),
    [
        (None, 2, ["0", "1"]),
        ("2,3", 2, ["2", "3"]),
        ("GPU-8932f937, MIG-c6d4f1ef", 2, ["GPU-8932f937", "MIG-c6d4f1ef"]),
        ("2,9", 1, ["2"]),
        ("-1", 0, []),
        ("", 0, []),
    ],
)
def test_gpus_are_given_on_by_the_names_they_were_given_by(
    variable: str | None, found: int, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch counts devices up to the first name that is not one."""
    monkeypatch.setattr("torch.cuda.device_count", lambda: found)
    if variable is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    assert list_visible_gpus() == names


def test_slots_are_gpus_where_any_job_takes_one() -> None:
    here = LocalPlace(LocalLauncher())
    assert here.jobs_at_a_time([job(), job()]) == 4
    assert here.jobs_at_a_time([job(), job(gpu=True)]) == 2


@pytest.mark.parametrize(
    ("asked", "jobs_per_device", "message"),
    [
        (job(nodes=2), 1, "trainer.num_nodes: job 0 needs 2 nodes; allowed: 1, or"),
        (job(5), 1, "trainer.devices: job 0 needs 5 slots, but hydra.launcher has 4"),
        (job(3, gpu=True), 1, "trainer.devices: job 0 needs 3 slots, but hydra.launcher has 2"),
        (
            job(2, gpu=True),
            2,
            "hydra.launcher.jobs_per_device: job 0 needs 2 GPUs to itself, but",
        ),
    ],
)
def test_what_cannot_run_here_is_refused(asked: Job, jobs_per_device: int, message: str) -> None:
    with pytest.raises(InputError) as raised:
        LocalPlace(LocalLauncher(jobs_per_device=jobs_per_device)).refuse([asked])
    assert str(raised.value).startswith(message)


def test_what_fits_is_not_refused() -> None:
    LocalPlace(LocalLauncher()).refuse([job(), job(2), job(2, gpu=True)])
    LocalPlace(LocalLauncher(jobs_per_device=2)).refuse([job(gpu=True)])
