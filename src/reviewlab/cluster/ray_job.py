"""A job on a Ray cluster: the queue controls an actor, which controls the job's process."""

import math
import os
import signal
import time
from collections.abc import Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError

from reviewlab.cluster.ray import RayLauncher
from reviewlab.sweeps.fork_server import THREADS
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import start_alone

METHODS = 3
"""Number of a supervisor's methods that can run at a time; one waits until the job has ended."""


class Supervisor:
    """An actor that starts a job on the node it was placed on, and stops it on request.

    Args:
        entry: "module:function"; the module is run with the folder and overrides as arguments.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
        environment: environment variables added to the node's.
    """

    def __init__(
        self, entry: str, folder: Path, overrides: Sequence[str], environment: dict[str, str]
    ) -> None:
        self._job = start_alone(entry, folder, overrides, environment)

    def begun(self) -> None:
        """Do nothing; a remote call of this returns only after the job has been started."""

    def exit_code(self) -> int:
        """Wait until the job has ended, kill ranks that outlived it, and return its exit code."""
        code = self._job.exit_code()
        self._job.kill()
        return code

    def ask_to_stop(self) -> None:
        """Ask the job to save and exit."""
        self._job.ask_to_stop()

    def kill(self) -> None:
        """Kill the job with all its ranks."""
        self._job.kill()


class RayJob:
    """A job on some node of the cluster; the sweep's queue controls it like a local process.

    Args:
        supervisor: the job's actor, which may still be waiting for a node.

    Attributes:
        began: the time at which the job got a node, by the monotonic clock; inf before that.
        lost: Ray's error message if Ray lost the job; empty otherwise.
    """

    def __init__(self, supervisor: Any) -> None:
        self.began = math.inf
        self.lost = ""
        self._supervisor = supervisor
        self._begun = supervisor.begun.remote().future()
        self._begun.add_done_callback(self._record_start)
        self._ended = supervisor.exit_code.remote().future()
        self._withdrawn = False
        self._reader, writer = Pipe(duplex=False)
        self._ended.add_done_callback(lambda ended: writer.close())

    @property
    def sentinel(self) -> int:
        """A file descriptor that becomes readable once the job has ended."""
        return self._reader.fileno()

    def exit_code(self) -> int:
        """Return the exit code of a job that has ended, -N if signal N killed it."""
        try:
            return int(self._ended.result())
        except RayError as error:
            if self._withdrawn:
                return -signal.SIGTERM
            self.lost = f"Ray lost the job: {str(error).strip().splitlines()[-1].strip()}"
            return -signal.SIGKILL
        finally:
            ray.kill(self._supervisor)  # free its resources for the next job

    def ask_to_stop(self) -> None:
        """Ask the job to save and exit."""
        self._call("ask_to_stop")

    def kill(self) -> None:
        """Kill the job with all its ranks."""
        self._call("kill")

    def _record_start(self, begun: Any) -> None:
        self.began = time.monotonic()

    def _call(self, method: str) -> None:
        if self._ended.done():
            return
        if self._begun.done():
            getattr(self._supervisor, method).remote()
        else:
            self._withdrawn = True
            ray.kill(self._supervisor)


def start_on_ray(
    launcher: RayLauncher,
    job: Job,
    entry: str,
    folder: Path,
    overrides: Sequence[str],
    source: Path,
) -> RayJob:
    """Start the job in `folder` as soon as a node has room for it.

    Args:
        launcher: the settings of the cluster.
        job: the job to start.
        entry: "module:function"; the module is run with the folder and overrides as arguments.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
        source: the folder to put first on PYTHONPATH.
    """
    resources = launcher.request(job)
    variables = {name: value for name, value in os.environ.items() if name.startswith("REVIEWLAB_")}
    environment = variables | dict.fromkeys(THREADS, str(launcher.threads_per_job))
    if not job.gpu:
        environment["CUDA_VISIBLE_DEVICES"] = ""  # Ray does not hide GPUs from jobs without them
    supervisor = ray.remote(Supervisor).options(
        num_cpus=resources["CPU"],
        num_gpus=resources["GPU"],
        max_concurrency=METHODS,
        runtime_env={"env_vars": {"PYTHONPATH": f"{source}:${{PYTHONPATH}}"}},
    )
    return RayJob(supervisor.remote(entry, folder, [*overrides], environment))
