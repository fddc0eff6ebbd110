"""Requests to a Ray cluster, and how to join it. No Ray."""

import signal
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from tests.cluster.shaped import job

from reviewlab.cluster import ray as ours
from reviewlab.cluster.ray import RayLauncher, connected
from reviewlab.exceptions import InputError
from reviewlab.sweeps.job import Job


@pytest.mark.parametrize(
    ("asked", "options", "expected"),
    [
        (job(), {}, {"CPU": 1, "GPU": 0}),
        (job(devices=2), {"threads_per_job": 3}, {"CPU": 6, "GPU": 0}),
        (job(gpu=True), {}, {"CPU": 1, "GPU": 1}),
        (job(gpu=True), {"jobs_per_device": 2}, {"CPU": 1, "GPU": 0.5}),
        (job(gpu=True), {"jobs_per_device": 6}, {"CPU": 1, "GPU": 0.1666}),
        (job(devices=2, gpu=True), {"jobs_per_device": 2}, {"CPU": 2, "GPU": 2}),
    ],
)
def test_a_node_has_to_have_free_what_a_job_computes_with(
    asked: Job, options: dict[str, int], expected: dict[str, float]
) -> None:
    assert RayLauncher(**options).request(asked) == expected


@pytest.mark.parametrize(
    ("node", "gpu", "options", "places"),
    [
        ({"CPU": 8.0}, False, {}, 8),
        ({"CPU": 8.0}, False, {"threads_per_job": 3}, 2),
        ({"CPU": 8.0}, True, {}, 0),
        ({"CPU": 8.0, "GPU": 2.0}, True, {"jobs_per_device": 3}, 6),
        ({"CPU": 2.0, "GPU": 2.0}, True, {"jobs_per_device": 3}, 2),
        ({}, False, {}, 0),
    ],
)
def test_a_node_has_as_many_places_as_it_has_room(
    node: dict[str, float], gpu: bool, options: dict[str, int], places: int
) -> None:
    assert RayLauncher(**options).places(node, gpu) == places


class Ray(SimpleNamespace):
    """A Ray of two nodes, one of them dead, that handles SIGTERM itself."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__(asked=[], ended=0, error=error)

    def init(self, **options: Any) -> None:
        self.asked.append(options["address"])
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.error is not None:
            raise self.error

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {"Alive": True, "Resources": {"CPU": 4.0}},
            {"Alive": False, "Resources": {"CPU": 8.0}},
        ]

    def shutdown(self) -> None:
        self.ended += 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Pretend that Ray is installed."""
    before = signal.getsignal(signal.SIGTERM)

    def install(ray: Ray) -> Ray:
        monkeypatch.setitem(sys.modules, "ray", ray)
        monkeypatch.setattr(ours, "find_spec", lambda name: ray)
        return ray

    yield install
    signal.signal(signal.SIGTERM, before)


def test_a_cluster_is_held_for_as_long_as_the_block_lasts(fake: Any) -> None:
    ray, before = fake(Ray()), signal.getsignal(signal.SIGTERM)
    with pytest.raises(RuntimeError, match="broken"), connected(None) as nodes:
        assert nodes == [{"CPU": 4.0}]
        assert ray.asked == ["local"]
        assert signal.getsignal(signal.SIGTERM) == before
        raise RuntimeError("broken")
    assert ray.ended == 1


def test_a_cluster_that_does_not_answer_is_refused_in_one_line(fake: Any) -> None:
    fake(Ray(ConnectionError("Could not find any. Start one\nwith ray start")))
    with pytest.raises(InputError) as refused, connected("auto"):
        raise AssertionError
    assert str(refused.value).startswith(
        "hydra.launcher.address: cannot join a cluster at 'auto': Could not find any; allowed: "
    )


@pytest.mark.parametrize("address", ["nonsense", ":1", "host:port", "127.0.0.1:1"])
def test_ray_is_not_asked_where_nobody_listens(fake: Any, address: str) -> None:
    ray = fake(Ray())
    with pytest.raises(InputError, match="cannot join a cluster"), connected(address):
        raise AssertionError
    assert ray.asked == []


def test_without_ray_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"'ray' is not installed; pip install"), connected(None):
        raise AssertionError
