"""Refuse the folder of a sweep if a run is needed."""

from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.sweeps.folder import SweepFolder


def refuse_sweep(path: Path, key: str) -> None:
    """Refuse to resume or rerun a sweep, which is continued by its own command.

    Args:
        path: the folder that was given.
        key: `resume` or `rerun`.

    Raises:
        InputError: the folder is a sweep's.
    """
    record = SweepFolder(path).read()
    if record is None or not (path / "jobs").is_dir():
        return
    if key == "rerun":
        raise InputError(f"rerun: {str(path)!r} is a sweep; allowed: one of its runs, in jobs/")
    command = record.get("command")
    remedy = f": {command}" if command else f" with sweep.name={path.resolve().name}"
    raise InputError(
        f"resume: {str(path)!r} is a sweep; to continue it, run its command again{remedy}"
    )
