"""Measures the best configuration of a leaderboard on the test split: the only way a sweep does."""

from collections.abc import Sequence

from reviewlab.app.tested import measure_on_test
from reviewlab.exceptions import InputError
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row


def measure_winner(board: Leaderboard) -> Sequence[Row]:
    """Measure every seed of the best configuration, and count it in each run's result.

    Returns the rows whose results have changed.
    Raises: InputError when there is no winner or a checkpoint is missing.
    """
    if not board.lines:
        raise InputError(f"test-winner: no run has measured {board.metric}, so there is no winner")
    rows = board.lines[0].rows
    measure_on_test([row.folder for row in rows], "test-winner")
    return rows
