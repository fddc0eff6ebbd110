"""A Ray cluster: what a person says about it, what its nodes have, and how long it is held."""

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
"""Resources of a node, by Ray's names: CPU, GPU, memory."""

SECONDS = 5
"""Ray itself asks an address that is silent for minutes."""


@dataclass(frozen=True)
class RayLauncher(Launcher):
    """One process a job, on whatever node of a Ray cluster has room for it.

    address: host:port of a cluster that this machine is a node of; auto: of the one that it is a
        node of; None: a Ray of its own, which ends with the sweep.
    slots: jobs at a time; auto: as many as the nodes have room for.
    jobs_per_device: jobs that share a GPU, where the trainer asks for GPUs by name.
    threads_per_job: threads that a process computes with, each on a CPU of its own.
    """

    address: str | None = None
    slots: PositiveInt | Literal["auto"] = "auto"
    jobs_per_device: PositiveInt = 1
    threads_per_job: Threads = 1

    def request(self, job: Job) -> dict[str, float]:
        """Return what a node needs free for a job; one with several devices has them for itself."""
        shared = 10_000 // self.jobs_per_device / 10_000  # Ray counts in ten-thousandths
        gpus = shared if job.devices == 1 else job.devices
        return {"CPU": job.devices * self.threads_per_job, "GPU": gpus if job.gpu else 0}

    def places(self, node: Resources, gpu: bool) -> int:
        """Count the processes that can compute on a node at a time."""
        places = int(node.get("CPU", 0)) // self.threads_per_job
        return min(places, int(node.get("GPU", 0)) * self.jobs_per_device) if gpu else places


@contextmanager
def connected(address: str | None) -> Iterator[list[Resources]]:
    """Be part of a cluster; what each of its nodes has.

    Raises: InputError when Ray is not installed, or does not answer.
    """
    if find_spec("ray") is None:
        raise InputError(
            "hydra/launcher: 'ray' is not installed; pip install 'reviewlab[ray]', or choose "
            "hydra/launcher=local or hydra/launcher=slurm"
        )
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # its gRPC may write of a closed descriptor behind the last line, when a short-lived Ray ends
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import ray

    logging.getLogger("ray").setLevel(logging.ERROR)
    before = signal.getsignal(signal.SIGTERM)
    try:
        _connect(address)
        install_handler(signal.SIGTERM, before)  # Ray's own would leave where jobs are to be told
        yield [node["Resources"] for node in ray.nodes() if node["Alive"]]
    finally:
        ray.shutdown()


def _connect(address: str | None) -> None:
    import ray

    if address not in (None, "auto"):
        _knock(str(address))
    try:
        ray.init(
            address=address or "local",
            include_dashboard=False,
            configure_logging=False,
            log_to_driver=False,
        )
    except (ConnectionError, RuntimeError) as error:
        raise _no_answer(address, str(error)) from error


def _knock(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise _no_answer(address, "no host:port")
    try:
        socket.create_connection((host, int(port)), SECONDS).close()
    except OSError as error:
        raise _no_answer(address, str(error)) from error


def _no_answer(address: str | None, why: str) -> InputError:
    return InputError(
        f"hydra.launcher.address: {address!r}: no cluster to join: {why.partition('. ')[0]}; "
        "allowed: null, auto, or host:port of a cluster that this machine is a node of"
    )
