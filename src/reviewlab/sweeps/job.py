"""A job, which is one run of a sweep: as planned, and as an earlier launch left it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reviewlab.overrides import readable
from reviewlab.runs.status import Status


@dataclass(frozen=True)
class Job:
    """One run of a sweep, as planned before it starts.

    Attributes:
        number: position in the sweep, from 0.
        overrides: the overrides that the sweep sets for this run, in command-line form.
        run_id: hash that identifies the run's experiment, including the seed.
        configuration_id: the same hash without the seed; it identifies a row of the leaderboard.
        devices: number of processes on each node, each with its own device.
        parameters: number of model parameters.
        steps: maximum number of optimizer steps.
        nodes: the number of machines.
        gpu: True if the devices are GPUs.
        seed: the seed, as the leaderboard names it.
    """

    number: int
    overrides: tuple[str, ...]
    run_id: str
    configuration_id: str
    devices: int
    parameters: int
    steps: int
    nodes: int = 1
    gpu: bool = False
    seed: str = ""

    @property
    def label(self) -> str:
        """The overrides on one line, for display."""
        return " ".join(map(readable, self.overrides))


class Earlier(NamedTuple):
    """A job that needs no more work after an earlier launch."""

    job: Job
    status: Status
    folder: Path
