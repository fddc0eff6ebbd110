"""Count the uses of a run's test set, in the run's own result."""

from collections.abc import Mapping
from pathlib import Path

from reviewlab.runs.files import readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result, record_test


def count_use(
    checkpoint: Path, data_fingerprint: str, metrics: Mapping[str, float] | None
) -> int | None:
    """Record in a run's result that its test set was used.

    Args:
        checkpoint: the checkpoint that was measured.
        data_fingerprint: the fingerprint of the data that it was measured on.
        metrics: the metrics to record if the checkpoint is the run's best. None keeps the
            metrics of earlier uses, for example if the data are split differently than in training,
            so that the run may have been trained on the measured reviews.

    Returns:
        The number of uses, including this one; None if the checkpoint is not in a run folder, or
        the data are not the run's data.
    """
    folder = find_run(checkpoint, data_fingerprint)
    if folder is None:
        return None
    if metrics is None or not is_best(checkpoint, folder):
        metrics = read_result(folder).get("test", {})
    return record_test(folder, dict(metrics))


def is_best(checkpoint: Path, folder: Path) -> bool:
    """Return True if a checkpoint is the best one of the run in `folder`."""
    return checkpoint.resolve() == RunFolder(folder).best_checkpoint


def find_run(checkpoint: Path, data_fingerprint: str) -> Path | None:
    """Return a checkpoint's run folder; None if there is none or the run's data were different."""
    folder = checkpoint.resolve().parent.parent
    if checkpoint.resolve().parent.name != "checkpoints" or not (folder / "result.json").is_file():
        return None
    with readable(folder / "result.json", "checkpoint"):
        known = read_result(folder).get("data_fingerprint")
    return folder if known == data_fingerprint else None
