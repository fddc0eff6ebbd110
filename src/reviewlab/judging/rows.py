"""Turn a table of runs into the rows that a leaderboard is built from."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.judging.cells import Cells, Fold, convert_cells, finite, sort_names
from reviewlab.judging.repeats import count_repeats
from reviewlab.judging.run_table import Columns, RunTable
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import same_settings
from reviewlab.runs.identity import Hyperparameter


@dataclass(frozen=True)
class JudgedRuns:
    """The runs of a table.

    Attributes:
        rows: one row per run, in the order of the table.
        seeds: the different seeds, in order; empty without seeds.
        folds: the held-out folds, in order; a single None without a cross-validation.
        repeats: number of runs that do not count, since a later one repeats them.
    """

    rows: Sequence[Row]
    seeds: Sequence[str]
    folds: Sequence[Fold]
    repeats: int = 0

    def planned(self, text: str | None) -> list[str]:
        """Return the planned repetitions, as rows name their seeds.

        Args:
            text: the number of planned seeds, which are the first ones, or the seeds themselves,
                separated by commas; None if no plan is known.

        Raises:
            InputError: there are no seeds, or fewer than planned.
        """
        if text is None:
            return []
        if not self.seeds:
            raise InputError(f"planned: {text!r} needs seeds; name their column with seed=")
        seeds = [part.strip() for part in text.split(",")]
        chosen = seeds if len(seeds) > 1 else self._first(text)
        return [name_repetition(seed, fold) for seed in chosen for fold in self.folds]

    def _first(self, text: str) -> Sequence[str]:
        count = int(text) if text.isascii() and text.isdigit() else 0
        if count < 2:
            raise InputError(
                f"planned: {text!r} is not allowed; allowed: a whole number >= 2, or the planned"
                " seeds, separated by commas"
            )
        if count > len(self.seeds):
            raise InputError(
                f"planned: {count}, but the table has {len(self.seeds)} seeds; name the planned"
                f" ones, such as planned={','.join(map(str, range(count)))}"
            )
        return self.seeds[:count]


def read_rows(table: RunTable, columns: Columns, folds: int | None = None) -> JudgedRuns:
    """Turn the runs of a table into rows.

    Args:
        table: the runs.
        columns: the columns to read.
        folds: number of folds of the cross-validation; None for the number of different folds.

    Raises:
        InputError: a column does not exist, a value is not allowed, or two runs have the same
            settings and seed, and no time tells which of them ended last.
    """
    table.check(columns)
    cells = convert_cells(table, columns, folds)
    rows = [_row(table, columns.metric, cells, number) for number in range(len(cells.values))]
    for column, names in ((columns.seed, cells.seeds), (columns.data, cells.data)):
        if column is not None:
            _refuse_nameless(table, rows, column, names)
    numbered = sorted({fold for fold in cells.folds if fold is not None})
    seeds = sort_names([seed for seed in cells.seeds if seed])
    return JudgedRuns(rows, seeds, numbered or [None], count_repeats(table, columns, rows))


def name_repetition(seed: str, fold: Fold) -> str:
    """Name a repetition of a configuration, as `repetition` in `runs/identity.py` does.

    >>> name_repetition("3", None), name_repetition("3", (0, 5))
    ('3', '3, fold 0 of 5')
    """
    return seed if fold is None else f"{seed}, fold {fold[0]} of {fold[1]}"


def _row(table: RunTable, metric: str, cells: Cells, number: int) -> Row:
    """Return the row of a run.

    Args:
        table: the runs as read.
        metric: name of the metric.
        cells: the converted columns.
        number: index of the run.
    """
    value, settings, fold = cells.values[number], cells.settings[number], cells.folds[number]
    state, reason = _outcome(metric, value, cells.states[number])
    return Row(
        folder=Path(f"{Path(table.path).absolute()}:{table.cells.lines[number]}"),
        state=state,
        reason=reason,
        settings=settings,
        configuration_id=_configuration_id(settings),
        seed=name_repetition(cells.seeds[number], fold),
        fold=fold,
        data=cells.data[number],
        value=None if reason else value,
        best=finite({**cells.others, metric: cells.values}, number),
        seconds=cells.seconds[number] or 0.0,
        ended=cells.ended[number] or 0.0,
    )


def _outcome(metric: str, value: float | None, state: str | None) -> tuple[str, str]:
    """Return a run's state, and the reason why it has no value; empty if it has one.

    Args:
        metric: name of the metric.
        value: the metric's value; None if the cell is empty.
        state: the state in the table; None if it has none.
    """
    if state not in (None, "done"):
        return str(state), "according to the table"
    if value is None:
        return state or "failed", f"no {metric} in the table"
    if not math.isfinite(value):
        return state or "failed", f"{metric} is {value}"
    return "done", ""


def _configuration_id(settings: Mapping[str, Hyperparameter]) -> str:
    return hashlib.sha256(same_settings(settings).encode()).hexdigest()[:12]


def _refuse_nameless(
    table: RunTable, rows: Sequence[Row], column: str, names: Sequence[str]
) -> None:
    """Refuse a run that has a value, but no seed or no data set.

    Args:
        table: the runs as read.
        rows: the runs.
        column: the column of the seeds or data sets.
        names: the cells of that column.
    """
    for number, row in enumerate(rows):
        if row.value is not None and not names[number]:
            table.refuse(number, f"{column} is empty; allowed: a value in every finished run")
