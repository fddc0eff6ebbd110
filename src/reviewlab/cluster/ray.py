"""A Ray cluster: the settings in `hydra.launcher`, the nodes' resources, and the connection."""

import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from reviewlab.console.exit import install_handler
from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt, Threads
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import Launcher

Resources = Mapping[str, float]
"""Resources of a node, under Ray's names: CPU, GPU, memory."""

SECONDS = 5
"""Seconds to wait for an address to answer; Ray itself would wait for minutes."""


@dataclass(frozen=True)
class RayLauncher(Launcher):
    """Runs each job in a process on any node of a Ray cluster that has room for it.

    Attributes:
        address: host:port of a cluster that this machine is a node of; auto: find that cluster;
            None: start a local Ray, which ends with the sweep.
        slots: number of jobs that run at a time; auto: as many as the nodes have room for.
        jobs_per_device: number of jobs that share a GPU, if `trainer.accelerator` selects GPUs.
        threads_per_job: number of threads for each process, and of CPUs that Ray reserves for it.
    """

    address: str | None = None
    slots: PositiveInt | Literal["auto"] = "auto"
    jobs_per_device: PositiveInt = 1
    threads_per_job: Threads = 1

    def request(self, job: Job) -> dict[str, float]:
        """Return the resources that a job needs; jobs with several devices do not share GPUs."""
        shared = 10_000 // self.jobs_per_device / 10_000  # Ray counts in ten-thousandths
        gpus = shared if job.devices == 1 else job.devices
        return {"CPU": job.devices * self.threads_per_job, "GPU": gpus if job.gpu else 0}

    def places(self, node: Resources, gpu: bool) -> int:
        """Return the number of processes that a node has room for, each on a GPU if `gpu`."""
        places = int(node.get("CPU", 0)) // self.threads_per_job
        return min(places, int(node.get("GPU", 0)) * self.jobs_per_device) if gpu else places


@contextmanager
def connected(address: str | None) -> Iterator[list[Resources]]:
    """Connect to a cluster and yield the resources of each of its nodes.

    Raises:
        InputError: Ray is not installed or is not responding.
    """
    if find_spec("ray") is None:
        raise InputError(
            "hydra/launcher: 'ray' is not installed; pip install 'reviewlab[ray]', or choose "
            "hydra/launcher=local or hydra/launcher=slurm"
        )
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # when a short-lived Ray shuts down, gRPC may print an error about a closed descriptor
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import ray

    logging.getLogger("ray").setLevel(logging.ERROR)
    before = signal.getsignal(signal.SIGTERM)
    try:
        _connect(address)
        install_handler(signal.SIGTERM, before)  # Ray's handler exits without stopping the jobs
        yield [node["Resources"] for node in ray.nodes() if node["Alive"]]
    finally:
        ray.shutdown()


def _connect(address: str | None) -> None:
    import ray

    if address not in (None, "auto"):
        _check_answer(str(address))
    try:
        ray.init(
            address=address or "local",
            include_dashboard=False,
            configure_logging=False,
            log_to_driver=False,
        )
    except (ConnectionError, RuntimeError) as error:
        raise _no_answer(address, str(error)) from error


def _check_answer(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise _no_answer(address, "not of the form host:port")
    try:
        socket.create_connection((host, int(port)), SECONDS).close()
    except OSError as error:
        raise _no_answer(address, str(error)) from error


def _no_answer(address: str | None, reason: str) -> InputError:
    why = reason.partition(". ")[0]
    return InputError(
        f"hydra.launcher.address: cannot join a cluster at {address!r}: {why}; "
        "allowed: null, auto, or host:port of a cluster that this machine is a node of"
    )
