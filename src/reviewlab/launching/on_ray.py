"""A launch on a Ray cluster: the queue runs in this process, the jobs on the cluster's nodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.ray import RayLauncher, Resources
from reviewlab.config.machine import Machine
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.launching.queued import QueueLaunch
from reviewlab.runs.provenance import snapshot
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import Slot
from reviewlab.sweeps.queue import Process, View


class RayPlace:
    """A Ray cluster as the place where a sweep's jobs run."""

    machine = Machine.ELSEWHERE
    one_by_one = True
    waits = True

    def __init__(self, launcher: RayLauncher, nodes: Sequence[Resources]) -> None:
        self._launcher = launcher
        self._nodes = nodes

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return the number of slots.

        If only some jobs need a GPU, Ray makes these jobs wait until one is free.
        """
        if self._launcher.slots != "auto":
            return self._launcher.slots
        gpu = all(job.gpu for job in jobs)
        return sum(self._launcher.places(node, gpu) for node in self._nodes)

    def open(self, entry: str) -> None:
        """Do nothing, since jobs are not started by this process but by Ray."""

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse jobs that no node has room for, before anything is written.

        Raises:
            InputError: a job would wait forever.
        """
        slots = self.jobs_at_a_time(jobs)
        for job in jobs:
            if job.nodes > 1:
                raise InputError(
                    f"trainer.num_nodes: job {job.number} needs {job.nodes} nodes; allowed: 1, or "
                    "hydra/launcher=slurm"
                )
            needs = self._launcher.request(job)
            if not any(_has_room(node, needs) for node in self._nodes):
                wanted = " and ".join(f"{needs[name]:g} {name}" for name in needs if needs[name])
                raise InputError(
                    f"hydra.launcher: job {job.number} needs {wanted}, but no node of the cluster "
                    "has that many; lower trainer.devices or hydra.launcher.threads_per_job"
                )
            if job.devices > slots:
                raise InputError(
                    f"hydra.launcher.slots: {slots}, but job {job.number} needs {job.devices} "
                    f"slots (trainer.devices={job.devices}); allowed: at least {job.devices}"
                )

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return a launch that runs the jobs of a planned sweep; see `Place`.

        Args:
            plan: the planned sweep.
            jobs: all planned jobs.
            entry: the function that each job runs, as "module:function".
        """
        return RayLaunch(plan, self._launcher, self.jobs_at_a_time(jobs), entry)


def _has_room(node: Resources, needs: Mapping[str, float]) -> bool:
    return all(node.get(name, 0) >= amount for name, amount in needs.items())


class RayLaunch(QueueLaunch):
    """Runs the jobs on the cluster's nodes, with a copy of the package made at the start.

    Args:
        plan: the planned sweep.
        launcher: the settings of the cluster.
        slots: number of jobs that run at a time.
        entry: the function that each job runs, as "module:function".
    """

    def __init__(self, plan: LaunchPlan, launcher: RayLauncher, slots: int, entry: str) -> None:
        places = [Slot(number, None) for number in range(slots)]
        super().__init__(plan, places, launcher.threads_per_job)
        self._launcher = launcher
        self._entry = entry
        self._code = ClusterFolder(plan.folder.path).code

    def _carry_out(self, views: Sequence[View]) -> None:
        self._source = snapshot(self._code)
        super()._carry_out(views)

    def _start_in(
        self, folder: Path, job: Job, overrides: Sequence[str], slots: Sequence[Slot]
    ) -> Process:
        from reviewlab.cluster.ray_job import start_on_ray

        return start_on_ray(
            self._launcher, job, self._entry, folder.absolute(), overrides, self._source
        )
