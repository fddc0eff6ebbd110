"""Refuse the folder of a sweep where a run is wanted."""

from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.sweeps.folder import SweepFolder


def refuse_sweep(path: Path, key: str) -> None:
    """Say how a sweep goes on: `resume` and `rerun` are for single runs.

    Args:
        path: the folder that was given.
        key: `resume` or `rerun`.

    Raises:
        InputError: it is a sweep.
    """
    record = SweepFolder(path).read()
    if record is None or not (path / "jobs").is_dir():
        return
    if key == "rerun":
        raise InputError(f"rerun: {str(path)!r} is a sweep; allowed: one of its runs, in jobs/")
    command = record.get("command")
    again = f": {command}" if command else f", with sweep.name={path.resolve().name}"
    raise InputError(
        f"resume: {str(path)!r} is a sweep, which goes on when its command is given again{again}"
    )
