"""Refuse the folder of a sweep where a run is wanted, and name the runs in it."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.overrides import parse, readable
from reviewlab.reporting.varied import short_keys
from reviewlab.runs.identity import REPETITION
from reviewlab.sweeps.folder import SweepFolder

ID_DIGITS = 6
"""Digits of a run id in the name of a trial."""


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


def trial_name(folder: Path, overrides: Sequence[str]) -> str:
    """Name a run of a sweep after what varies there, and any other run after its folder.

    The digits of the run id tell it from an equal setting in another sweep.

    Args:
        folder: of the run.
        overrides: what the command line set for it.
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
