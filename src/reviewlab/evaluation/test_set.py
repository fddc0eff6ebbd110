"""Measure finished runs on their test split; each use is counted in the run's result."""

import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.console.table import on_one_line
from reviewlab.evaluation.checkpoint import open_with_training_data
from reviewlab.evaluation.measure import evaluation_report
from reviewlab.evaluation.test_uses import count_use
from reviewlab.exceptions import InputError
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result


def measure_winner(board: Leaderboard) -> Sequence[Row]:
    """Measure every seed of the best configuration on the test split.

    This is the only way in which a sweep uses the test set. If the sweep's runs use different data
    sets, there is a best configuration for each.

    Returns:
        The measured runs' rows of the leaderboard, without the new test metrics.

    Raises:
        InputError: there is no winner, or a checkpoint is missing.
    """
    rows = [row for one in board.tables.values() if one.lines for row in one.lines[0].rows]
    if not rows:
        raise InputError(f"test-winner: no run has measured {board.metric}, so there is no winner")
    measure_on_test([row.folder for row in rows], "test-winner")
    return rows


def measure_on_test(folders: Sequence[Path], asked_by: str) -> None:
    """Measure each run's best epoch on its own test split, and record the metrics in its result.

    Args:
        folders: the runs' folders.
        asked_by: the option that asked for the test; error messages begin with it.

    Raises:
        InputError: a checkpoint is missing, in which case nothing is measured, or a run's data have
            changed.
    """
    runs = [RunFolder(folder) for folder in folders]
    for run in runs:
        if not run.best_checkpoint.is_file():
            raise InputError(f"{asked_by}: {str(run.best_checkpoint)!r} is missing")
    tidy_up_on_interrupt()
    for run in runs:
        uses = _measure(run, asked_by)
        sys.stderr.write(
            f"tested {on_one_line(run.path.name)}: use number {uses} of its test set\n"
        )


def _measure(run: RunFolder, asked_by: str) -> int | None:
    opened = open_with_training_data(run.best_checkpoint, "test")
    report = evaluation_report(run.best_checkpoint, opened, "test")
    if report.data_fingerprint != read_result(run.path)["data_fingerprint"]:
        raise InputError(f"{asked_by}: the data of {run.path.name!r} have changed since the run")
    return count_use(run.best_checkpoint, report.data_fingerprint, report.metrics)
