"""Requests of a sweep to a Ray cluster, and early refusals. No Ray."""

from importlib.util import find_spec
from typing import Any

import pytest
from tests.cluster.shaped import job

from reviewlab.cluster.ray import RayLauncher
from reviewlab.config.request import compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.launching.on_ray import RayPlace
from reviewlab.launching.start import sweep
from reviewlab.sweeps.job import Job

NODES = [{"CPU": 8.0, "GPU": 2.0}, {"CPU": 5.0}]


def place(**options: Any) -> RayPlace:
    return RayPlace(RayLauncher(**options), NODES)


@pytest.mark.parametrize(
    ("gpus", "options", "slots"),
    [
        ([False], {}, 13),
        ([False], {"threads_per_job": 3}, 3),
        ([True], {}, 2),
        ([True], {"jobs_per_device": 2}, 4),
        ([True], {"jobs_per_device": 2, "threads_per_job": 3}, 2),
        ([False, True], {}, 13),
        ([False], {"slots": 4}, 4),
    ],
)
def test_slots(gpus: list[bool], options: dict[str, int], slots: int) -> None:
    assert place(**options).jobs_at_a_time([job(gpu=gpu) for gpu in gpus]) == slots


@pytest.mark.parametrize(
    ("asked", "options", "message"),
    [
        (job(nodes=2), {}, "trainer.num_nodes: job 0 needs 2 nodes; allowed: 1, or"),
        (job(devices=9), {}, "hydra.launcher: job 0 needs 9 CPU, but no node"),
        (job(devices=3, gpu=True), {}, "hydra.launcher: job 0 needs 3 CPU and 3 GPU, but no node"),
        (job(gpu=True), {"threads_per_job": 9}, "hydra.launcher: job 0 needs 9 CPU and 1 GPU"),
        (
            job(devices=2),
            {"slots": 1},
            "hydra.launcher.slots: 1, but job 0 needs 2 slots (trainer.devices=2)",
        ),
    ],
)
def test_what_would_wait_for_ever_is_refused(asked: Job, options: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        place(**options).refuse([asked])
    assert str(raised.value).startswith(message)


def test_what_fits_is_not_refused() -> None:
    place().refuse([job(), job(devices=8), job(devices=2, gpu=True)])


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_without_ray_there_is_a_clear_line() -> None:
    asked = compose_request("train", ["-m", "seed=0", "hydra/launcher=ray"])
    assert isinstance(asked, SweepRequest)
    with pytest.raises(InputError, match=r"^hydra/launcher: 'ray' is not installed; pip install"):
        sweep(asked, "none:none")
