"""Measures the best configuration of a leaderboard on the test split: the only way a sweep does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.app.build import build
from reviewlab.app.errors import tidy_up_on_interrupt
from reviewlab.app.evaluation import count_use, readied, reported
from reviewlab.app.predict import load
from reviewlab.errors import InputError
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row


def measure_winner(board: Leaderboard) -> Sequence[Row]:
    """Measure every seed of the best configuration, and count it in each run's result.

    Returns the rows whose results have changed.
    Raises: InputError when a checkpoint is missing; then nothing has been measured.
    """
    if not board.lines:
        raise InputError(f"test-winner: no run has measured {board.metric}, so there is no winner")
    rows = board.lines[0].rows
    checkpoints = [row.folder / "checkpoints" / "best.ckpt" for row in rows]
    for checkpoint in checkpoints:
        if not checkpoint.is_file():
            raise InputError(f"test-winner: {str(checkpoint)!r} is missing")
    tidy_up_on_interrupt()
    for row, checkpoint in zip(rows, checkpoints, strict=True):
        _measure(row, checkpoint)
    return rows


def _measure(row: Row, checkpoint: Path) -> None:
    classifier = load(str(checkpoint), "cpu", threads=1)
    node = classifier.config["data"]
    data = readied(build(node), classifier, "test")
    found = reported({"checkpoint": checkpoint, "split": "test"}, classifier, data, node)
    if found["data_fingerprint"] != row.data:
        raise InputError(f"test-winner: the data of {row.folder.name!r} have changed since it ran")
    uses = count_use(checkpoint, found, own=True)
    sys.stderr.write(f"tested seed {row.seed}: use {uses} of its test set\n")
