"""A launch on this machine: a queue that keeps every slot busy."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.config.machine import Machine
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.launching.queued import QueueLaunch
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started, named_gpus


class LocalPlace:
    """This machine as the place where a sweep's jobs run, in slots on the CPU or on GPUs."""

    machine = Machine.HERE
    one_by_one = True
    waits = True

    def __init__(self, launcher: LocalLauncher) -> None:
        self._launcher = launcher

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return the number of slots, each of which runs one process at a time."""
        return len(self._slots(jobs))

    def open(self, entry: str) -> None:
        """Start a server process that imports what jobs need, while this process plans."""
        self._launcher.open(entry)

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse jobs that cannot run here, before anything is written.

        Raises:
            InputError: a job needs several nodes, more devices than there are slots, or several
                GPUs that are shared with other jobs.
        """
        slots = self._slots(jobs)
        for job in jobs:
            if job.nodes > 1:
                raise InputError(
                    f"trainer.num_nodes: job {job.number} needs {job.nodes} nodes; allowed: 1, or "
                    "hydra/launcher=slurm"
                )
            if job.devices > len(slots):
                raise InputError(
                    f"trainer.devices: job {job.number} needs {job.devices} slots, but "
                    f"hydra.launcher has {len(slots)}; allowed: 1 to {len(slots)}; for more, "
                    "raise hydra.launcher.slots"
                )
            if job.gpu and job.devices > 1 and _are_shared(slots):
                raise InputError(
                    f"hydra.launcher.jobs_per_device: job {job.number} needs {job.devices} GPUs to "
                    "itself, but jobs share GPUs; allowed: 1 for jobs with several devices"
                )

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return a launch that runs the jobs of a planned sweep; see `Place`.

        Args:
            plan: the planned sweep.
            jobs: all planned jobs.
            entry: the function that each job runs, as "module:function".
        """
        return LocalLaunch(plan, self._launcher, self._slots(jobs))

    def _slots(self, jobs: Sequence[Job]) -> list[Slot]:
        """Return the slots, which are on GPUs if any of the jobs needs one."""
        return self._launcher.slots(list_visible_gpus() if any(job.gpu for job in jobs) else [])


def list_visible_gpus() -> list[str]:
    """List the GPUs that torch finds, as named in CUDA_VISIBLE_DEVICES if that is set."""
    import torch

    count = torch.cuda.device_count()
    return (named_gpus() or [str(number) for number in range(count)])[:count]


def _are_shared(slots: Sequence[Slot]) -> bool:
    gpus = [slot.gpu for slot in slots if slot.gpu is not None]
    return len({*gpus}) < len(gpus)


class LocalLaunch(QueueLaunch):
    """Runs the jobs here, as many at a time as there are slots.

    Args:
        plan: the planned sweep.
        launcher: the launcher, which starts the processes.
        slots: the slots that jobs run in.
    """

    def __init__(self, plan: LaunchPlan, launcher: LocalLauncher, slots: Sequence[Slot]) -> None:
        super().__init__(plan, slots, launcher.threads_per_job)
        self._launcher = launcher

    def _start_in(
        self, folder: Path, job: Job, overrides: Sequence[str], slots: Sequence[Slot]
    ) -> Started:
        return self._launcher.start(folder, overrides, slots)
