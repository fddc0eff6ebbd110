"""Measure two ways of doing the same work, in alternation."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.runs.folder import RunFolder
from reviewlab.training.subnormals import flush_subnormals

Measure = Callable[[], float]


@dataclass
class Pairs:
    """Measurements of our way and of the reference, pair by pair, in the same unit.

    A slow phase of the machine slows both halves of a pair, so the median of the ratios is reliable
    even if the two medians are not.
    """

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median ratio of ours to the reference."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours / reference for ours, reference in pairs)

    @property
    def difference(self) -> float:
        """The median difference, ours minus the reference."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours - reference for ours, reference in pairs)


def alternate(ours: Measure, reference: Measure, pairs: int) -> Pairs:
    """Measure our way and the reference in alternation.

    Args:
        ours: function that does the work our way and returns the measured value.
        reference: function that does the same work the plain way and returns the measured value.
        pairs: how often to measure both.
    """
    measured = Pairs()
    for _ in range(pairs):
        measured.ours.append(ours())
        measured.reference.append(reference())
    return measured


def seconds(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes, also if it is called amid a training of ours.

    Only our own training treats subnormal numbers as 0.
    """
    with flush_subnormals(False):
        began = time.perf_counter()
        work()
        return time.perf_counter() - began


@dataclass(frozen=True)
class Workbench:
    """The folder and settings that a measurement uses.

    Args:
        folder: a folder for this measurement alone; the caller removes it.
        pairs: how often to measure our way and the reference.
        overrides: further overrides for every config of the measurement.
    """

    folder: Path
    pairs: int
    overrides: tuple[str, ...] = ()

    def experiment(self, *overrides: str) -> Experiment:
        """Return the default training config with `overrides`, set to write only to `folder`."""
        return check_config(compose_config("train", self.command(*overrides)))

    def command(self, *overrides: str) -> list[str]:
        """Return the command-line arguments that give the config that `experiment` returns."""
        here = [f"outputs={self.folder / 'outputs'}", f"data.cache_dir={self.cache}"]
        return [*overrides, *here, *self.overrides]

    @property
    def cache(self) -> Path:
        """The folder of encoded reviews."""
        return self.folder / "cache"

    def run_folder(self) -> RunFolder:
        """Make a new run folder."""
        return RunFolder.claim(self.folder / "outputs" / "runs", "benchmark")
