"""The state of a job on a Ray cluster as the queue sees it, with fake actors. No Ray."""

import importlib
import math
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.cluster.shaped import job

from reviewlab.cluster.ray import RayLauncher


class RayError(Exception):
    """The exception that Ray raises for a dead actor."""


class Actor:
    """A supervisor whose methods return when the test allows it."""

    def __init__(self) -> None:
        self.answers: dict[str, Future[Any]] = {"begun": Future(), "exit_code": Future()}
        self.told: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace(remote=lambda: self._call(name))

    def _call(self, name: str) -> Any:
        if name in self.answers:
            return SimpleNamespace(future=lambda: self.answers[name])
        self.told.append(name)
        return None


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A fake Ray, and our module that uses it."""
    killed: list[Actor] = []
    asked = SimpleNamespace(options={}, arguments=())

    def create(*arguments: Any) -> Actor:
        asked.arguments = arguments
        return Actor()

    def options(**named: Any) -> Any:
        asked.options = named
        return SimpleNamespace(remote=create)

    module, exceptions = ModuleType("ray"), ModuleType("ray.exceptions")
    module.__dict__.update(kill=killed.append, remote=lambda kind: SimpleNamespace(options=options))
    exceptions.__dict__["RayError"] = RayError
    monkeypatch.setitem(sys.modules, "ray", module)
    monkeypatch.setitem(sys.modules, "ray.exceptions", exceptions)
    monkeypatch.delitem(sys.modules, "reviewlab.cluster.ray_job", raising=False)
    ours = importlib.import_module("reviewlab.cluster.ray_job")
    yield SimpleNamespace(ours=ours, killed=killed, asked=asked)
    sys.modules.pop("reviewlab.cluster.ray_job", None)


def test_a_job_begins_when_there_is_a_node_for_it(ray: Any) -> None:
    actor = Actor()
    started = ray.ours.RayJob(actor)
    assert started.began == math.inf
    actor.answers["begun"].set_result(None)
    assert started.began < math.inf
    started.ask_to_stop()
    started.kill()
    assert actor.told == ["ask_to_stop", "kill"]


def test_the_end_of_a_job_can_be_waited_for(ray: Any) -> None:
    actor = Actor()
    started = ray.ours.RayJob(actor)
    assert wait([started.sentinel], 0) == []
    actor.answers["begun"].set_result(None)
    actor.answers["exit_code"].set_result(7)
    assert wait([started.sentinel], 0) == [started.sentinel]
    assert (started.exit_code(), started.lost) == (7, "")
    assert ray.killed == [actor]  # the next job needs its resources
    started.ask_to_stop()
    assert actor.told == []


def test_a_job_that_has_no_node_yet_is_withdrawn(ray: Any) -> None:
    actor = Actor()
    started = ray.ours.RayJob(actor)
    started.ask_to_stop()
    assert ray.killed == [actor]
    actor.answers["exit_code"].set_exception(RayError("killed"))
    assert (started.exit_code(), started.lost) == (-signal.SIGTERM, "")


def test_a_job_that_ray_loses_counts_as_killed_with_the_reason(ray: Any) -> None:
    actor = Actor()
    started = ray.ours.RayJob(actor)
    actor.answers["begun"].set_result(None)
    actor.answers["exit_code"].set_exception(RayError("The actor died.\n  node is gone "))
    assert started.exit_code() == -signal.SIGKILL
    assert started.lost == "Ray lost the job: node is gone"


def test_a_job_is_started_with_its_room_and_its_environment(
    ray: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWLAB_CACHE", "/cache")
    launcher, rest = RayLauncher(threads_per_job=2), (tmp_path, ("x=1",), Path("/source"))
    ray.ours.start_on_ray(launcher, job(devices=3), "module:main", *rest)
    assert (ray.asked.options["num_cpus"], ray.asked.options["num_gpus"]) == (6, 0)
    path = ray.asked.options["runtime_env"]["env_vars"]["PYTHONPATH"]
    assert path == "/source:${PYTHONPATH}"
    entry, folder, overrides, environment = ray.asked.arguments
    assert (entry, folder, overrides) == ("module:main", tmp_path, ["x=1"])
    assert environment["REVIEWLAB_CACHE"] == "/cache"
    assert (environment["OMP_NUM_THREADS"], environment["CUDA_VISIBLE_DEVICES"]) == ("2", "")
    ray.ours.start_on_ray(launcher, job(gpu=True), "module:main", *rest)
    *_, environment = ray.asked.arguments
    assert "CUDA_VISIBLE_DEVICES" not in environment
