"""A table of runs from elsewhere, one row per run, and the meaning of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn

from reviewlab.data.tables import WholeTable
from reviewlab.exceptions import InputError, did_you_mean

SHOWN = 30
"""Most columns that a message lists."""


@dataclass(frozen=True)
class Columns:
    """The names of the columns that a comparison reads.

    Attributes:
        metric: the metric to rank by.
        group: the settings; rows that agree in all of them are runs of one configuration.
        seed: the seed, which pairs runs of different configurations; None if each configuration
            has only one run.
        fold: the held-out fold of a cross-validation; None without one.
        data: the data set; None if all runs used the same one.
        state: the state of the run, such as `finished`; None if all runs have ended.
        time: the time at which the run ended; None if that is unknown.
        seconds: the run's duration in seconds; None if that is unknown.
    """

    metric: str
    group: tuple[str, ...]
    seed: str | None = None
    fold: str | None = None
    data: str | None = None
    state: str | None = None
    time: str | None = None
    seconds: str | None = None

    def named(self) -> list[tuple[str, str]]:
        """Return pairs of an option and the column that it names."""
        pairs: list[tuple[str, str]] = []
        for option in fields(self):
            value = getattr(self, option.name)
            names = value if isinstance(value, tuple) else [value]
            pairs += [(option.name, name) for name in names if name is not None]
        return pairs


@dataclass(frozen=True)
class RunTable:
    """Runs from elsewhere.

    Attributes:
        cells: the columns, and the line or number of each run.
        group: columns that hold settings, for when no others are named; only a study has them.
        modes: maps each column that is an objective of a study to `min` or `max`.
        also: columns of a study that have a meaning of their own, by option, such as `state`.
    """

    cells: WholeTable
    group: tuple[str, ...] = ()
    modes: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The file, as it was named on the command line."""
        return self.cells.source.name

    def column(self, name: str | None) -> Sequence[Any]:
        """Return the values of a column; all are None if there is no such column."""
        return [None] * len(self.cells.lines) if name is None else self.cells.columns[name]

    def check(self, columns: Columns) -> None:
        """Refuse a column that does not exist, or that is named twice.

        Raises:
            InputError: a column does not exist or has two meanings.
        """
        taken: dict[str, str] = {}
        for option, name in columns.named():
            if name not in self.cells.columns:
                hint = did_you_mean(name, self.cells.columns) or ";"
                raise InputError(
                    f"{option}: {self.path!r} has no column {name!r}{hint} allowed: {self.names()}"
                )
            if name in taken:
                raise InputError(f"{option}: {name!r} is already given as {taken[name]}")
            taken[name] = option

    def names(self) -> str:
        """List the columns for a message."""
        first = [*self.cells.columns][:SHOWN]
        more = len(self.cells.columns) - len(first)
        return ", ".join(first) + (f" and {more} more" if more else "")

    def refuse(self, row: int, problem: str) -> NoReturn:
        """Raise an InputError that names the line of a row.

        Args:
            row: index of the row.
            problem: what is wrong with it, and what to do about it.
        """
        self.cells.source.refuse(problem, self.cells.lines[row])
