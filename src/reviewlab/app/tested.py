"""Opens the test split of finished runs: each time is counted in the run's result."""

import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.app.evaluation import count_use, opened_as_trained, reported
from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.exceptions import InputError
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
