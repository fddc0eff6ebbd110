"""Runs as a table with one row per run, for `reviewlab judge` and for other programs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import same_settings
from reviewlab.reporting.varied import ABSENT, varied
from reviewlab.runs.files import short_path, write_text


def write_runs(rows: Sequence[Row], path: Path) -> None:
    """Write runs to a CSV file, atomically; numbers have full precision.

    Args:
        rows: the runs.
        path: the file; the runs' paths are relative to its folder.
    """
    out = io.StringIO()
    columns = run_columns(rows, path.absolute().parent)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_text(path, out.getvalue())


def run_columns(rows: Sequence[Row], base: Path) -> dict[str, list[Any]]:
    """Map each column's name to its cells: the keys that vary, then the results.

    Args:
        rows: the runs.
        base: the folder that the runs' paths are relative to.
    """
    settings = _settings(rows)
    keys = dict.fromkeys(key for one in settings for key in one)
    metrics = dict.fromkeys(name for row in rows for name in row.best if "/" in name)
    folds = [row.fold or (None, None) for row in rows]
    return {
        **{key: [one.get(key) for one in settings] for key in keys},
        "seed": [row.seed.partition(", fold ")[0] for row in rows],
        "fold": [fold for fold, _ in folds],
        "folds": [count for _, count in folds],
        **{name: [row.best.get(name) for row in rows] for name in metrics},
        "state": [row.state for row in rows],
        "ended": [row.ended or None for row in rows],
        "seconds": [row.seconds or None for row in rows],
        "parameters": [row.parameters or None for row in rows],
        "data_fingerprint": [row.data for row in rows],
        "folder": [short_path(row.folder, base) for row in rows],
    }


def _settings(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return the settings of each run that vary; absent ones are left out.

    A run that has no result may have left no record of its choices. It takes those of a run with
    the same settings, so that both name the model in the same way.
    """
    chosen = {same_settings(row.settings): row.choices for row in rows if row.choices}
    known = [
        replace(row, choices=row.choices or chosen.get(same_settings(row.settings), {}))
        for row in rows
        if row.settings
    ]
    found = iter(varied(known))
    settings = [next(found) if row.settings else {} for row in rows]
    return [{k: value for k, value in one.items() if value != ABSENT} for one in settings]
