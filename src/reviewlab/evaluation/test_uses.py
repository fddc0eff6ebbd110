"""Counts how often the test set of a run was looked at, in the run's own result."""

from collections.abc import Mapping
from pathlib import Path

from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result, record_test


def count_use(
    checkpoint: Path, data_fingerprint: str, metrics: Mapping[str, float] | None
) -> int | None:
    """Note in a run's result that its test set was used.

    Args:
        checkpoint: the one that was measured.
        data_fingerprint: of the data that it was measured on.
        metrics: to keep where the checkpoint is the run's best; None keeps those from before, as
            for another split than the run's own, which may test on what the run was trained on.

    Returns:
        How often it was used, this time included; None when the checkpoint lies in no run folder,
        or the data are not those of the run.
    """
    folder = run_of(checkpoint, data_fingerprint)
    if folder is None:
        return None
    if metrics is None or not is_best(checkpoint, folder):
        metrics = read_result(folder).get("test", {})
    return record_test(folder, dict(metrics))


def is_best(checkpoint: Path, folder: Path) -> bool:
    """Tell whether a checkpoint is that of the best epoch of the run in `folder`."""
    return checkpoint.resolve() == RunFolder(folder).best_checkpoint


def run_of(checkpoint: Path, data_fingerprint: str) -> Path | None:
    """Return the run folder that a checkpoint lies in, where its data have this fingerprint."""
    folder = checkpoint.resolve().parent.parent
    if checkpoint.resolve().parent.name != "checkpoints" or not (folder / "result.json").is_file():
        return None
    return folder if read_result(folder).get("data_fingerprint") == data_fingerprint else None
