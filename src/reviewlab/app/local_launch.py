"""A launch on this machine: a queue that keeps every slot busy."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.app.launch import Asked, Launch
from reviewlab.app.queue_launch import QueueLaunch
from reviewlab.errors import InputError
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started

if TYPE_CHECKING:
    from reviewlab.app.request import Request


class Here:
    """This machine, as a sweep uses it: its slots, on cores or on GPUs.

    elsewhere: whether jobs run on other machines than this one.
    one_by_one: whether a job is handed out when there is room for it, and not before.
    """

    elsewhere = False
    one_by_one = True

    def __init__(self, launcher: LocalLauncher, request: "Request") -> None:
        self._launcher = launcher
        self._slots = launcher.slots(_gpus(request))

    def jobs_at_a_time(self, jobs: int) -> int:
        """One a slot."""
        return len(self._slots)

    def open(self, entry: str) -> None:
        """Let what jobs import be imported while this process plans."""
        self._launcher.open(entry)

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Find what cannot run here, before anything is written.

        Raises: InputError for a job with more devices than there are slots, or with several nodes.
        """
        for job in jobs:
            if job.nodes > 1:
                raise InputError(
                    f"trainer.num_nodes: job {job.number} takes {job.nodes}; allowed: 1, or "
                    "hydra/launcher=slurm"
                )
            if job.devices > len(self._slots):
                raise InputError(
                    f"trainer.devices: job {job.number} takes {job.devices}, but hydra.launcher "
                    f"has {len(self._slots)} slots; allowed: 1 to {len(self._slots)}, or more "
                    "hydra.launcher.slots"
                )

    def launch(self, asked: Asked, jobs: Sequence[Job], entry: str) -> Launch:
        """What carries out the sweep."""
        return LocalLaunch(asked, self._launcher, self._slots)


def _gpus(request: "Request") -> list[str]:
    """The GPUs that jobs share out; none where they compute on cores."""
    accelerator = request.config["trainer"]["accelerator"]
    # A trainer that varies may ask for them in some jobs only.
    varies = any(argument.startswith("trainer=") for argument in request.arguments)
    if accelerator == "cpu" and not varies:
        return []
    import torch

    return [str(number) for number in range(torch.cuda.device_count())]


class LocalLaunch(QueueLaunch):
    """Runs the jobs here, as many at a time as there are slots."""

    def __init__(self, asked: Asked, launcher: LocalLauncher, slots: Sequence[Slot]) -> None:
        super().__init__(asked, slots, launcher.threads_per_job)
        self._launcher = launcher

    def _start_in(
        self, folder: Path, job: Job, overrides: Sequence[str], slots: Sequence[Slot]
    ) -> Started:
        return self._launcher.start(folder, overrides, slots)
