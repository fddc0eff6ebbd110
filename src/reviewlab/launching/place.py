"""The places where a sweep's jobs can run: this machine, a SLURM cluster or a Ray cluster."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.ray import RayLauncher, connected
from reviewlab.config.machine import Machine
from reviewlab.config.part import Part
from reviewlab.exceptions import InputError
from reviewlab.launching.here import LocalPlace
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.launching.on_ray import RayPlace
from reviewlab.launching.slurm import SlurmPlace
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher
from reviewlab.sweeps.settings import Launcher


class Place(Protocol):
    """A place where a sweep's jobs can run.

    Attributes:
        machine: `HERE` if jobs run on the machine that plans them, else `ELSEWHERE`.
        one_by_one: True if jobs start one by one whenever there is room, False if all jobs are
            submitted up front.
        waits: True if this process follows the jobs until they have ended.
    """

    machine: Machine
    one_by_one: bool
    waits: bool

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return the number of jobs that run at a time."""

    def open(self, entry: str) -> None:
        """Prepare to run jobs that call `entry` ("module:function"), before anything is written.

        Raises:
            InputError: the cluster is not responding.
        """

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse jobs that cannot run here, before anything is written.

        Raises:
            InputError: a job needs more nodes, devices or CPUs than there are.
        """

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return a launch that runs the jobs of a planned sweep.

        Args:
            plan: the planned sweep.
            jobs: all planned jobs, including those that are done.
            entry: the function that each job runs, as "module:function".
        """


@contextmanager
def open_place(selected: Part[Launcher]) -> Iterator[Place]:
    """Yield the machine or cluster that `hydra.launcher` selects; disconnect after the block."""
    launcher = selected.build()
    if isinstance(launcher, RayLauncher):
        with connected(launcher.address) as nodes:
            yield RayPlace(launcher, nodes)
    elif isinstance(launcher, SlurmLauncher):
        yield SlurmPlace(launcher)
    elif isinstance(launcher, LocalLauncher):
        yield LocalPlace(launcher)
    else:
        raise InputError(
            f"hydra/launcher: {selected.target!r} is not allowed; allowed: local, slurm, ray"
        )
