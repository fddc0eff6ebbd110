"""Two ways of doing the same work, measured in turn, in a folder of their own."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.runs.folder import RunFolder

Measure = Callable[[], float]


@dataclass
class Pairs:
    """The measurements of both ways, pair by pair, in one unit.

    Whatever slows the machine down for a while slows both halves of a pair, so that the median of
    the pairs' ratios holds where the two medians would not.
    """

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of how many times the reference ours took."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours / reference for ours, reference in pairs)

    @property
    def difference(self) -> float:
        """The median of how much more ours took."""
        pairs = zip(self.ours, self.reference, strict=True)
        return statistics.median(ours - reference for ours, reference in pairs)


def alternate(ours: Measure, reference: Measure, pairs: int) -> Pairs:
    """Measure one way and the other in turn; each returns what it took."""
    measured = Pairs()
    for _ in range(pairs):
        measured.ours.append(ours())
        measured.reference.append(reference())
    return measured


def seconds(work: Callable[[], object]) -> float:
    """Measure how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Workbench:
    """A folder of its own for a measurement; the caller empties it.

    pairs: how often both ways are measured.
    overrides: further overrides of every config of the measurement.
    """

    folder: Path
    pairs: int
    overrides: tuple[str, ...] = ()

    def experiment(self, *overrides: str) -> Experiment:
        """Return an experiment of `scripts/train.py`, all defaults on, that writes in here only."""
        return check_config(compose_config("train", self.command(*overrides)))

    def command(self, *overrides: str) -> list[str]:
        """Return the same as the arguments of a command line."""
        here = [f"outputs={self.folder / 'outputs'}", f"data.cache_dir={self.cache}"]
        return [*overrides, *here, *self.overrides]

    @property
    def cache(self) -> Path:
        """The folder of encoded reviews."""
        return self.folder / "cache"

    def run_folder(self) -> RunFolder:
        """Make a new run folder."""
        return RunFolder.claim(self.folder / "outputs" / "runs", "benchmark")
