"""The results of a checkpoint's run: its row of the leaderboard, and its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.evaluation.find import read_sweep
from reviewlab.evaluation.test_uses import is_best
from reviewlab.reporting.files import csv_columns
from reviewlab.reporting.leaderboard import Leaderboard, read_leaderboard
from reviewlab.reporting.metric_table import DEFAULT_METRIC, best_mode
from reviewlab.reporting.rows import Row


@dataclass(frozen=True)
class Results:
    """The results of a run and of its configuration.

    Attributes:
        metric: the metric that the leaderboard ranks by.
        sweep: the name of the sweep; None if the run is not part of one.
        configurations: number of configurations in the leaderboard.
        line: the configuration's row of `leaderboard.csv`.
        row: the run.
    """

    metric: str
    sweep: str | None
    configurations: int
    line: Mapping[str, Any]
    row: Row


def read_results(checkpoint: Path) -> Results | None:
    """Read the results of a run's best checkpoint.

    Args:
        checkpoint: a .ckpt file.

    Returns:
        The results; None for another checkpoint, or if the run has not measured the metric.
    """
    run = checkpoint.resolve().parent.parent
    if not is_best(checkpoint, run) or not (run / "result.json").is_file():
        return None
    sweep = run.parent.parent
    in_sweep = run.parent.name == "jobs" and (sweep / "sweep.yaml").is_file()
    board = read_sweep(sweep) if in_sweep else _board_of(run)
    for name, one in board.tables.items():
        row = next((row for row in one.rows if row.folder.resolve() == run), None)
        if row is not None:
            sweep_name = sweep.name if in_sweep else None
            line = _line(board, row, name)
            return Results(board.metric, sweep_name, len(one.lines), line, row)
    return None


def _board_of(run: Path) -> Leaderboard:
    return read_leaderboard([run], DEFAULT_METRIC, best_mode(DEFAULT_METRIC))


def _line(board: Leaderboard, row: Row, data: str) -> dict[str, Any]:
    """Return the row of `leaderboard.csv` for a run's configuration.

    Args:
        board: the leaderboard.
        row: the run.
        data: name of the run's data set; empty if the leaderboard has a single one.
    """
    columns = csv_columns(board, row.folder)
    rows = zip(*columns.values(), strict=True)
    lines = (dict(zip(columns, cells, strict=True)) for cells in rows)
    return next(
        line
        for line in lines
        if line["configuration_id"] == row.configuration_id and line.get("data", "") == data
    )
