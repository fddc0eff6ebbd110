"""A launch on this machine: a queue that keeps every slot busy."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.config.check import Machine
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.launching.queued import QueueLaunch
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started, named_gpus


class LocalPlace:
    """This machine, as a sweep uses it: its slots, on cores or on GPUs."""

    machine = Machine.HERE
    one_by_one = True

    def __init__(self, launcher: LocalLauncher) -> None:
        self._launcher = launcher

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """One a slot."""
        return len(self._slots(jobs))

    def open(self, entry: str) -> None:
        """Let what jobs import be imported while this process plans."""
        self._launcher.open(entry)

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Find what cannot run here, before anything is written.

        Raises: InputError for a job with more devices than there are slots, with several nodes, or
            with several GPUs of which another job may use a part.
        """
        slots = self._slots(jobs)
        for job in jobs:
            if job.nodes > 1:
                raise InputError(
                    f"trainer.num_nodes: job {job.number} takes {job.nodes}; allowed: 1, or "
                    "hydra/launcher=slurm"
                )
            if job.devices > len(slots):
                raise InputError(
                    f"trainer.devices: job {job.number} takes {job.devices}, but hydra.launcher "
                    f"has {len(slots)} slots; allowed: 1 to {len(slots)}, or more "
                    "hydra.launcher.slots"
                )
            if job.gpu and job.devices > 1 and _are_shared(slots):
                raise InputError(
                    f"hydra.launcher.jobs_per_device: job {job.number} takes {job.devices} GPUs, "
                    "but two slots may be one and the same; allowed: 1 for jobs of several devices"
                )

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return what works off a planned sweep."""
        return LocalLaunch(plan, self._launcher, self._slots(jobs))

    def _slots(self, jobs: Sequence[Job]) -> list[Slot]:
        """On GPUs where any of the jobs computes there."""
        return self._launcher.slots(visible_gpus() if any(job.gpu for job in jobs) else [])


def visible_gpus() -> list[str]:
    """The GPUs that torch finds, by the names that CUDA_VISIBLE_DEVICES gives them, if it does."""
    import torch

    count = torch.cuda.device_count()
    return (named_gpus() or [str(number) for number in range(count)])[:count]


def _are_shared(slots: Sequence[Slot]) -> bool:
    gpus = [slot.gpu for slot in slots if slot.gpu is not None]
    return len({*gpus}) < len(gpus)


class LocalLaunch(QueueLaunch):
    """Runs the jobs here, as many at a time as there are slots."""

    def __init__(self, plan: LaunchPlan, launcher: LocalLauncher, slots: Sequence[Slot]) -> None:
        super().__init__(plan, slots, launcher.threads_per_job)
        self._launcher = launcher

    def _start_in(
        self, folder: Path, job: Job, overrides: Sequence[str], slots: Sequence[Slot]
    ) -> Started:
        return self._launcher.start(folder, overrides, slots)
