"""Leaderboards of run folders."""

import csv
from collections.abc import Sequence
from pathlib import Path

from reviewlab.reporting.leaderboard import Leaderboard, read_leaderboard
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.reporter import Reporter

NASTY = "a|b <script>alert(1)</script> `c` *d* ümlaut \"q\" 'r',; = [x](y)"


def reported(folder: Path, folders: list[Path], planned: Sequence[str] = ()) -> Reporter:
    reporter = Reporter(folder, "val/accuracy", "max", plan=Plan(planned))
    for each in folders:
        reporter.update(each)
    reporter.write()
    return reporter


def board(
    folders: list[Path],
    mode: str = "max",
    planned: Sequence[str] = (),
    margin: float | None = None,
) -> Leaderboard:
    return read_leaderboard(folders, "val/accuracy", mode, Plan(planned, margin))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def repeatable(folder: Path) -> list[dict[str, str]]:
    """Return a sweep's rows without columns that vary between repetitions."""
    rows = table(folder / "leaderboard.csv")
    return [{k: v for k, v in row.items() if k not in ("seconds", "attempts")} for row in rows]
