"""A job on a Ray cluster: an actor stands by its process, and the queue holds the actor."""

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
"""Methods of a supervisor that run at once: one of them waits for as long as the job lasts."""


class Supervisor:
    """Starts a job on the node that this actor was given, and does to it what the sweep says."""

    def __init__(
        self, entry: str, folder: Path, overrides: Sequence[str], environment: dict[str, str]
    ) -> None:
        self._job = start_alone(entry, folder, overrides, environment)

    def begun(self) -> None:
        """Answer, once there is a process."""

    def exit_code(self) -> int:
        """Wait for the job's end; ranks that outlived it end too."""
        code = self._job.exit_code()
        self._job.kill()
        return code

    def ask_to_stop(self) -> None:
        """Let it save and leave."""
        self._job.ask_to_stop()

    def kill(self) -> None:
        """End it now, with all its ranks."""
        self._job.kill()


class RayJob:
    """A job somewhere on the cluster, as the queue sees it.

    supervisor: an actor that may still wait for a node.
    began: when it had none to wait for any more, by the monotonic clock; inf until then.
    lost: why nobody knows how the job ended; empty where somebody does.
    """

    def __init__(self, supervisor: Any) -> None:
        self.began = math.inf
        self.lost = ""
        self._supervisor = supervisor
        self._begun = supervisor.begun.remote().future()
        self._begun.add_done_callback(self._look_at_the_clock)
        self._ended = supervisor.exit_code.remote().future()
        self._withdrawn = False
        self._ear, mouth = Pipe(duplex=False)
        self._ended.add_done_callback(lambda ended: mouth.close())

    @property
    def sentinel(self) -> int:
        """Ready to be read once the job has ended."""
        return self._ear.fileno()

    def exit_code(self) -> int:
        """The exit code of a job that has ended, -N where signal N killed it."""
        try:
            return int(self._ended.result())
        except RayError as error:
            if self._withdrawn:
                return -signal.SIGTERM
            self.lost = f"Ray lost it: {str(error).strip().splitlines()[-1].strip()}"
            return -signal.SIGKILL
        finally:
            ray.kill(self._supervisor)  # the next job needs its room

    def ask_to_stop(self) -> None:
        """Let it save and leave."""
        self._tell("ask_to_stop")

    def kill(self) -> None:
        """End it now, with all its ranks."""
        self._tell("kill")

    def _look_at_the_clock(self, begun: Any) -> None:
        self.began = time.monotonic()

    def _tell(self, word: str) -> None:
        if self._ended.done():
            return
        if self._begun.done():
            getattr(self._supervisor, word).remote()
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
    """Start the job in `folder` on a node that has room for it, as soon as there is one.

    source: what is to stand on PYTHONPATH.
    """
    asked = launcher.request(job)
    ours = {name: value for name, value in os.environ.items() if name.startswith("REVIEWLAB_")}
    environment = ours | dict.fromkeys(THREADS, str(launcher.threads_per_job))
    if not job.gpu:
        environment["CUDA_VISIBLE_DEVICES"] = ""  # Ray hides no GPU from who has asked for none
    supervisor = ray.remote(Supervisor).options(
        num_cpus=asked["CPU"],
        num_gpus=asked["GPU"],
        max_concurrency=METHODS,
        runtime_env={"env_vars": {"PYTHONPATH": f"{source}:${{PYTHONPATH}}"}},
    )
    return RayJob(supervisor.remote(entry, folder, [*overrides], environment))
