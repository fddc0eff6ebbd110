"""Where a benchmark runs: which reviews, which folder, how often."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.config.compose import compose_config
from reviewlab.config.preflight import checked
from reviewlab.runs.folder import RunFolder


@dataclass(frozen=True)
class Place:
    """A folder of its own for a measurement, emptied by whoever made it.

    pairs: how often both ways are measured.
    overrides: what every config of the measurement is told besides.
    """

    folder: Path
    pairs: int
    overrides: tuple[str, ...] = ()

    def config(self, *overrides: str) -> dict[str, Any]:
        """A checked config of `scripts/train.py`, all defaults on, that writes in here only."""
        return checked(compose_config("train", self.command(*overrides)))

    def command(self, *overrides: str) -> list[str]:
        """The same as the arguments of a command line."""
        here = [f"outputs={self.folder / 'outputs'}", f"data.cache_dir={self.cache}"]
        return [*overrides, *here, *self.overrides]

    @property
    def cache(self) -> Path:
        """Where encoded reviews are kept."""
        return self.folder / "cache"

    def run_folder(self) -> RunFolder:
        """A new run folder."""
        return RunFolder.claim(self.folder / "outputs" / "runs", "benchmark")
