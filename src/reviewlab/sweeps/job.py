"""One run of a sweep: as it is planned, and as an earlier launch has left it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reviewlab.overrides import readable
from reviewlab.runs.status import Status


@dataclass(frozen=True)
class Job:
    """A run before it starts.

    number: its position in the sweep, from 0.
    overrides: what the sweep sets for it, as one would on a command line.
    devices: how many processes it takes on each node, each on a device of its own.
    parameters: of the model; steps: of the optimizer, at most.
    nodes: how many machines it takes.
    gpu: whether its devices are GPUs.
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

    @property
    def label(self) -> str:
        """The overrides of the sweep, on one line for a person."""
        return " ".join(map(readable, self.overrides))


class Earlier(NamedTuple):
    """A job that an earlier launch has ended for good."""

    job: Job
    status: Status
    folder: Path
