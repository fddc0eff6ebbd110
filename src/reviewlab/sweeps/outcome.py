"""The outcome of a job whose process has ended: by its own word, or by how it ended."""

import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewlab.runs.result import read_result
from reviewlab.runs.status import State, Status, read_status, write_status

NO_SPACE = 75
"""The exit code of a job that found the disk full: EX_TEMPFAIL of sysexits.h."""

ASKED_TO_STOP = (-signal.SIGTERM, -signal.SIGUSR1)
"""Exit codes of a job that was told to stop before it could listen."""


def settle(
    folder: Path, exit_code: int, imposed: tuple[State, str] | None = None, lost: str = ""
) -> Status:
    """Return the final status of a job, and write it where the job could not.

    `queued` was written before the job started, so that any other status is its own.

    Args:
        folder: of the job.
        exit_code: of its process, -N where signal N killed it.
        imposed: how it ended and why, when that was not its own doing; what is complete stays so.
        lost: why nobody saw the end of a process that counts as killed.
    """
    status = known_status(folder)
    if is_complete(status, folder):
        return status
    if exit_code == NO_SPACE:  # no failure of the job's: it goes on when there is space again
        status = replace(status, failures=max(status.failures - (status.state == "failed"), 0))
        imposed = "preempted", "no space left on the disk"
    if imposed is not None:
        final = status.finished(*imposed)
    elif status.state in ("failed", "preempted"):
        return status
    elif exit_code in ASKED_TO_STOP:
        final = status.finished("preempted", "stopped before its first step")
    elif exit_code < 0:
        final = status.finished("killed", lost or _killed_by(-exit_code))
    else:
        final = status.finished("failed", f"ended with exit code {exit_code} and without a word")
    if folder.is_dir():
        write_status(folder, final)
        return final
    return final.finished("failed", "its folder was deleted while it ran")


def is_complete(status: Status, folder: Path) -> bool:
    """Tell whether a job has nothing left to do: it is pruned, or done with a whole result."""
    return status.state == "pruned" or (status.state == "done" and whole(folder))


def is_over(status: Status, folder: Path, max_attempts: int) -> bool:
    """Tell whether a job needs no more work: it is complete, or has failed as often as it may.

    Args:
        status: of the job.
        folder: of the job.
        max_attempts: how often a job may fail before it is not tried again.
    """
    if is_complete(status, folder):
        return True
    return status.state in ("failed", "killed") and status.failures >= max_attempts


def known_status(folder: Path) -> Status:
    """Read the status in `folder`; `queued` where it cannot be read."""
    try:
        return read_status(folder)
    except (OSError, ValueError, TypeError):
        return Status("queued")


def whole(folder: Path) -> bool:
    """Tell whether there is a result that can be read."""
    return known_result(folder) is not None


def known_result(folder: Path) -> Mapping[str, Any] | None:
    """Read the result in `folder`; None where there is none that can be read."""
    try:
        result = read_result(folder)
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) and "best" in result else None


def _killed_by(number: int) -> str:
    name = signal.Signals(number).name
    hint = "; the kernel does that when memory runs out" if number == signal.SIGKILL else ""
    return f"killed by {name}{hint}"
