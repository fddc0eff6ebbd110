"""Check and convert the columns of a table of runs."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from reviewlab.exceptions import InputError
from reviewlab.judging.metrics import mode_of
from reviewlab.judging.run_table import Columns, RunTable
from reviewlab.judging.values import STATE_OF, to_names, to_number, to_settings, to_state, to_time
from reviewlab.reporting.files import ENDED, MEASURED
from reviewlab.reporting.varied import order
from reviewlab.runs.identity import Hyperparameter

OURS = {"rank", "configuration_id", *MEASURED, *ENDED}
"""Columns of `leaderboard.csv`. A setting with such a name gets the prefix `group.` there."""

Fold = tuple[int, int] | None
"""The held-out fold and the number of folds; None without a cross-validation."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Cells:
    """The converted columns, each with a value for every run.

    Attributes:
        values: values of the metric that ranks; None where it is missing.
        others: the other metrics, by name.
        settings: the settings of each run, without the missing ones. The data set is one of them,
            which gives the table of each data set its name.
        seeds: seeds as text; empty where they are missing.
        folds: the held-out folds.
        data: names of the data sets; empty where they are missing.
        states: states of the runs; None where they are missing.
        ended: times at which the runs ended, in seconds since 1970; None where they are missing.
        seconds: durations of the runs; None where they are missing.
    """

    values: Sequence[float | None]
    others: dict[str, Sequence[float | None]]
    settings: Sequence[dict[str, Hyperparameter]]
    seeds: Sequence[str]
    folds: Sequence[Fold]
    data: Sequence[str]
    states: Sequence[str | None]
    ended: Sequence[float | None]
    seconds: Sequence[float | None]


def convert_cells(table: RunTable, columns: Columns, folds: int | None = None) -> Cells:
    """Convert the columns of a table.

    Args:
        table: the runs.
        columns: the columns to read, all of which exist.
        folds: number of folds of the cross-validation; None for the number of different folds.

    Raises:
        InputError: a cell is not allowed; the message names its line.
    """
    states = f"one of {', '.join(sorted(STATE_OF))}"
    number = "a number such as 0.85, or an empty cell"
    date = "a date such as 2026-01-31 12:30, or seconds since 1970"
    return Cells(
        values=_convert(table, columns.metric, to_number, number),
        others=_other_metrics(table, columns),
        settings=_settings(table, columns),
        seeds=to_names(table.column(columns.seed)),
        folds=_folds(table, columns, folds),
        data=to_names(table.column(columns.data)),
        states=_convert(table, columns.state, to_state, states),
        ended=_convert(table, columns.time, to_time, date),
        seconds=_convert(table, columns.seconds, to_number, number),
    )


def sort_names(names: Sequence[str]) -> list[str]:
    """Return the different names in order, numbers by size."""
    return sorted({*names}, key=order)


def _convert(
    table: RunTable, column: str | None, convert: Callable[[Any], Value], allowed: str
) -> list[Value]:
    """Convert the cells of a column.

    Args:
        table: the runs.
        column: name of the column; None if there is none, which gives empty cells.
        convert: function that raises ValueError for a cell that is not allowed.
        allowed: the allowed values, in words.
    """
    converted = []
    for row, cell in enumerate(table.column(column)):
        try:
            converted.append(convert(cell))
        except (ValueError, OverflowError):
            table.refuse(row, f"{column} is {cell!r:.80}; allowed: {allowed}")
    return converted


def _other_metrics(table: RunTable, columns: Columns) -> dict[str, Sequence[float | None]]:
    """Return the numeric columns that no option names and that are metrics, by their names.

    They tell runs that repeat each other from runs whose metric is equal by chance.
    """
    taken = {name for _, name in columns.named()}
    metrics: dict[str, Sequence[float | None]] = {}
    for name, cells in table.cells.columns.items():
        if name not in taken and (name in table.modes or mode_of(name)):
            try:
                metrics[name] = [*map(to_number, cells)]
            except ValueError:  # its name misleads
                continue
    return metrics


def _settings(table: RunTable, columns: Columns) -> list[dict[str, Hyperparameter]]:
    named = {name: f"group.{name}" if name in OURS else name for name in columns.group}
    cells = {named[name]: to_settings(table.column(name)) for name in columns.group}
    if columns.data is not None:
        cells["data"] = to_settings(table.column(columns.data))
    rows = range(len(table.cells.lines))
    return [{key: c[row] for key, c in cells.items() if c[row] is not None} for row in rows]


def _folds(table: RunTable, columns: Columns, folds: int | None) -> list[Fold]:
    """Return each run's fold as a number from 0, with the number of folds.

    Args:
        table: the runs.
        columns: the columns to read.
        folds: number of folds; None for the number of different folds in the table.
    """
    names = to_names(table.column(columns.fold))
    if columns.fold is None:
        if folds is not None:
            raise InputError(f"folds: {folds} needs the column of the fold; name it with fold=")
        return [None] * len(names)
    if "" in names:
        table.refuse(names.index(""), f"{columns.fold} is empty; allowed: a fold in every row")
    different = sort_names(names)
    count = folds or len(different)
    if not 2 <= len(different) <= count:
        allowed = "at least 2" if len(different) < 2 else f"at most folds={count}"
        raise InputError(
            f"fold: {columns.fold!r} of {table.path!r} has {len(different)} different values;"
            f" allowed: {allowed}"
        )
    return [(different.index(name), count) for name in names]


def finite(numbers: dict[str, Sequence[float | None]], row: int) -> dict[str, float]:
    """Return the metrics of a run that are finite numbers.

    Args:
        numbers: columns of metrics, by name.
        row: index of the run.
    """
    values = {name: column[row] for name, column in numbers.items()}
    return {n: value for n, value in values.items() if value is not None and math.isfinite(value)}
