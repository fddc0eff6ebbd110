"""Opens the test split of finished runs: each time is counted in the run's result."""

import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.evaluation.measure import count_use, opened_as_trained, reported
from reviewlab.exceptions import InputError
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row
from reviewlab.runs.result import read_result


def measure_on_test(folders: Sequence[Path], what: str) -> None:
    """Measure the best epoch of each run on its own test split, and keep that in its result.

    what: asked for it; stands in front of what is refused.
    Raises: InputError when a checkpoint is missing; then nothing has been measured.
    """
    checkpoints = [folder / "checkpoints" / "best.ckpt" for folder in folders]
    for checkpoint in checkpoints:
        if not checkpoint.is_file():
            raise InputError(f"{what}: {str(checkpoint)!r} is missing")
    tidy_up_on_interrupt()
    for folder, checkpoint in zip(folders, checkpoints, strict=True):
        uses = _measure(folder, checkpoint, what)
        sys.stderr.write(f"tested {folder.name}: use {uses} of its test set\n")


def _measure(folder: Path, checkpoint: Path, what: str) -> int | None:
    classifier, data, node = opened_as_trained(checkpoint, "test")
    found = reported({"checkpoint": checkpoint, "split": "test"}, classifier, data, node)
    if found["data_fingerprint"] != read_result(folder)["data_fingerprint"]:
        raise InputError(f"{what}: the data of {folder.name!r} have changed since it ran")
    return count_use(checkpoint, found, own=True)


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
