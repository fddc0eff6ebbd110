"""Tables of runs, in memory and as files, and the figures of their leaderboards."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewlab.data.tables import Source, WholeTable
from reviewlab.judging.rows import JudgedRuns, read_rows
from reviewlab.judging.run_table import Columns, RunTable
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.plan import NO_PLAN, Plan

COLUMNS = Columns("accuracy", ("model",), seed="seed")


def run_table(columns: Mapping[str, Sequence[Any]]) -> RunTable:
    """A table in memory, whose first run is in line 2 of `runs.csv`."""
    cells = {name: [*values] for name, values in columns.items()}
    lines = [*range(2, 2 + len(next(iter(cells.values()))))]
    return RunTable(WholeTable(cells, lines, [], Source("runs.csv", "table")))


def by_run(names: Sequence[str], *runs: Sequence[Any]) -> RunTable:
    """The same, given its runs."""
    return run_table(dict(zip(names, zip(*runs, strict=True), strict=True)))


def judged(
    table: RunTable, columns: Columns = COLUMNS, mode: str = "max", plan: Plan = NO_PLAN
) -> Leaderboard:
    runs: JudgedRuns = read_rows(table, columns)
    return build_leaderboard(runs.rows, columns.metric, mode, plan)


def write_table(path: Path, names: Sequence[str], *runs: Sequence[Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *runs])
    return path


def numbers(board: Leaderboard) -> dict[str, Any]:
    """Every number and verdict of a leaderboard, comparable to 1e-12.

    The part of the reviews in an interval is left out: a table does not have the answers to them.
    """
    lines = {
        "; ".join(f"{key}={value}" for key, value in line.settings.items()): {
            "mean": near(line.mean),
            "sd": near(line.deviation),
            "half of seeds": None if line.interval is None else near(line.interval.seeds),
            "n": line.n,
            "verdict": line.verdict,
            "p": near(line.p),
            "p_equal": near(line.p_equal),
            "unfinished": line.unfinished,
        }
        for line in board.lines
    }
    effects = {
        effect.key: [
            (one.value, *map(near, (one.mean, one.difference, one.half, one.p)), one.exception)
            for one in effect.levels
        ]
        for effect in board.effects
    }
    shares = [] if board.variance is None else [one.share for one in board.variance.components]
    return {
        "order": [*lines],
        "lines": lines,
        "effects": effects,
        "variance": [*map(near, shares)],
        "plan": board.plan,
        "states": sorted(row.state for row in board.others),
        "parts": {name: numbers(part) for name, part in board.parts.items()},
    }


def near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-12, abs=1e-12, nan_ok=True)
