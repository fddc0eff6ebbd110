"""The places where jobs of a sweep can run: this machine, a SLURM cluster or a Ray cluster."""

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
    """A place for the jobs of a sweep.

    Attributes:
        machine: says if jobs run on the machine that plans them or elsewhere.
        one_by_one: True if jobs are handed out one by one as there is room for them, False if all
            are submitted at once.
    """

    machine: Machine
    one_by_one: bool

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return the number of jobs that run at a time."""

    def open(self, entry: str) -> None:
        """Prepare what can be prepared before anything is written.

        Raises:
            InputError: the place does not answer.
        """

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse jobs that cannot run here, before anything is written.

        Raises:
            InputError: a job asks for more than there is.
        """

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return a launch that runs the jobs of a planned sweep.

        Args:
            plan: the sweep.
            jobs: all planned jobs, including those that are done.
            entry: the function that a job runs, as "module:function".
        """


@contextmanager
def open_place(selected: Part[Launcher]) -> Iterator[Place]:
    """Open the place that `hydra.launcher` selects; close it on exit."""
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
