"""One row of the benchmark: what is measured, against what, and with which limit."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` lists the rows without torch
    from reviewlab.benchmarks.measurement import Pairs, Workbench

UNITS = {"ms": 1e3, "s": 1.0, "MB": 1e-6}
"""The factor that converts seconds or bytes to each unit."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: the work that is measured.
        against: the reference.
        measure: the function that measures the row, as "module.function" within this package.
        limit: the largest allowed ratio of the work to the reference; with `added`, the largest
            allowed difference in seconds.
        unit: a key of `UNITS`.
        pairs: how often the work and the reference are measured.
        added: True to compare by difference instead of by ratio.
        reviews: True if the row needs the real IMDB reviews.
        packages: packages that this row needs and a plain installation may lack.
        extra: the extra of reviewlab that installs `packages`.
        overrides: overrides for every config of the measurement.
    """

    what: str
    against: str
    measure: str
    limit: float
    unit: str
    pairs: int
    added: bool = False
    reviews: bool = True
    packages: tuple[str, ...] = ()
    extra: str = "benchmark"
    overrides: tuple[str, ...] = ()

    def run(self, bench: "Workbench") -> "Pairs":
        """Measure the row, importing its module only now."""
        module, name = self.measure.split(".")
        function: Callable[[Workbench], Pairs] = getattr(
            import_module(f"reviewlab.benchmarks.{module}"), name
        )
        return function(bench)
