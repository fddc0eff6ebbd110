"""Format the table of measurements and write it into `docs/benchmarks.md`."""

import os
import platform
import statistics
from collections.abc import Mapping
from pathlib import Path

import torch

from reviewlab.benchmarks.measurement import Pairs
from reviewlab.benchmarks.row import UNITS, Row
from reviewlab.benchmarks.rows import ROWS
from reviewlab.console.table import markdown_table
from reviewlab.runs.files import write_text

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- written by scripts/benchmark.py -->", "<!-- end -->"

TITLES = ("row", "what", "against", "measured", "at most", "ours", "reference", "pairs")


def line(row: Row, pairs: Pairs) -> tuple[str, ...]:
    """Format a row's last five cells: measured, at most, ours, reference, pairs."""
    measured = _added(row, pairs.difference) if row.added else _times(pairs.ratio)
    limit = _added(row, row.limit) if row.added else _times(row.limit)
    if not within(row, pairs):
        measured = f"**{measured}**"
    return (measured, limit, _shown(row, pairs.ours), _shown(row, pairs.reference), _count(pairs))


def within(row: Row, pairs: Pairs) -> bool:
    """Return True if the measurement of a row is within the row's limit."""
    return (pairs.difference if row.added else pairs.ratio) <= row.limit


def table(measured: Mapping[str, Pairs]) -> str:
    """Format the measured rows as a markdown table."""
    rows = [
        (name, ROWS[name].what, ROWS[name].against, *line(ROWS[name], pairs))
        for name, pairs in measured.items()
    ]
    return markdown_table(TITLES, rows, right=[False] * 3 + [True] * 5)


def machine() -> str:
    """Describe the machine in words."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python"
        f" {platform.python_version()}, torch {torch.__version__}, one torch thread"
    )


def write(measured: Mapping[str, Pairs], page: Path = PAGE) -> None:
    """Replace the table on the page, and leave everything else there unchanged."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    section = f"Measured on {machine()}.\n\n{table(measured)}"
    write_text(page, f"{before}{BEGIN}\n\n{section}\n\n{END}{after}")


def _times(ratio: float) -> str:
    return f"{ratio:.2f} x" if ratio >= 0.1 else f"{ratio:.3f} x"


def _added(row: Row, difference: float) -> str:
    return f"{difference * UNITS[row.unit]:+.2f} {row.unit}"


def _shown(row: Row, values: list[float]) -> str:
    value = statistics.median(values) * UNITS[row.unit]
    return f"{value:.3g} {row.unit}" if value < 100 else f"{value:.0f} {row.unit}"


def _count(pairs: Pairs) -> str:
    return str(len(pairs.ours))
