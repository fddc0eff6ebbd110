"""Refuse a sweep's folder if a run's folder is needed, and name the runs of a sweep."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.overrides import parse, readable
from reviewlab.reporting.varied import short_keys
from reviewlab.runs.identity import REPETITION
from reviewlab.sweeps.folder import SweepFolder

ID_DIGITS = 6
"""Number of the run id's digits that appear in the name of a trial."""


def refuse_sweep(path: Path, key: str) -> None:
    """Refuse to resume or rerun a sweep; to continue one, its command is run again.

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
        raise InputError(f"rerun: {str(path)!r} is a sweep; give one of its runs, in jobs/")
    command = record.get("command")
    remedy = f": {command}" if command else f" with sweep.name={path.resolve().name}"
    raise InputError(
        f"resume: {str(path)!r} is a sweep; to continue it, run its command again{remedy}"
    )


def trial_name(folder: Path, overrides: Sequence[str]) -> str:
    """Name a run of a sweep by the settings that vary, and any other run by its folder.

    The digits of the run id distinguish the run from one with equal settings in another sweep.

    Args:
        folder: the folder of the run.
        overrides: the overrides of the run.
    """
    record = SweepFolder(folder.parent.parent).read() or {}
    set_to = {parse(argument).key: readable(argument) for argument in overrides}
    varied = [key for key in record.get("varied", []) if key in set_to]
    varied.sort(key=lambda key: key in REPETITION)  # seeds last
    if not varied:
        return folder.name
    short = short_keys([key.replace("/", ".") for key in varied])
    values = (set_to[key].partition("=")[2] for key in varied)
    settings = " ".join(
        f"{name}={value}" for name, value in zip(short.values(), values, strict=True)
    )
    return f"{settings} ({folder.name.rpartition('-')[2][:ID_DIGITS]})"
