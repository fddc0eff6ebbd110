"""The outcome of a job whose process has ended, from its own status or its exit code."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewlab.console.exit import run_signals
from reviewlab.runs.atomic import remove_leftovers
from reviewlab.runs.result import read_result
from reviewlab.runs.status import State, Status, read_record, write_status

DISK_FAILED = 75
"""Exit code of a job that could not write, since the disk was full or failed: EX_TEMPFAIL of
sysexits.h."""


def settle(
    folder: Path, exit_code: int, imposed: tuple[State, str] | None = None, lost: str = ""
) -> Status:
    """Return the final status of a job, and write it if the job did not.

    `queued` is written before the job starts. Any other status was written by the job itself. What
    a killed job has left half-written is removed.

    Args:
        folder: the job's folder.
        exit_code: exit code of the job's process, -N if signal N killed it.
        imposed: the state to record and the reason, if the sweep itself ended the job; ignored if
            the job is complete.
        lost: the reason why the end of the process was not noticed; empty if it was noticed.
    """
    if exit_code < 0:
        remove_leftovers(folder)
    status = known_status(folder)
    if is_complete(status, folder):
        return status
    if exit_code == DISK_FAILED:  # not the job's failure: it resumes when the disk works again
        reason = status.reason or "the disk is full or failed"
        status = replace(status, failures=max(status.failures - (status.state == "failed"), 0))
        imposed = "preempted", reason
    if imposed is not None:
        final = status.finished(*imposed)
    elif status.state in ("failed", "preempted"):
        return status
    elif -exit_code in run_signals():  # before its handlers were installed
        final = status.finished("preempted", "stopped before its first step")
    elif exit_code < 0:
        final = status.finished("killed", lost or _killed_by(-exit_code))
    else:
        final = status.finished("failed", f"ended with exit code {exit_code} and no message")
    if folder.is_dir():
        write_status(folder, final)
        return final
    return final.finished("failed", "the job's folder was deleted while it ran")


def is_complete(status: Status, folder: Path) -> bool:
    """Return True if a job is pruned, or done with a readable result."""
    return status.state == "pruned" or (status.state == "done" and whole(folder))


def is_over(status: Status, folder: Path, max_attempts: int) -> bool:
    """Return True if a job needs no more work: it is complete, or has failed `max_attempts` times.

    Args:
        status: the job's status.
        folder: the job's folder.
        max_attempts: how often a job may fail before the sweep gives up on it.
    """
    if is_complete(status, folder):
        return True
    return status.state in ("failed", "killed") and status.failures >= max_attempts


def known_status(folder: Path, read: Callable[[Path], Status] = read_record) -> Status:
    """Read the status in `folder`; `queued` if it cannot be read.

    Args:
        folder: the run folder.
        read: function that reads it. The default reads the record: a sweep knows or finds out how
            its jobs ended, and then writes that. To show a status to a person, use `read_status`.
    """
    try:
        return read(folder)
    except (OSError, ValueError, TypeError):
        return Status("queued")


def whole(folder: Path) -> bool:
    """Return True if the folder has a readable result."""
    return known_result(folder) is not None


def known_result(folder: Path) -> Mapping[str, Any] | None:
    """Read the result in `folder`; None if it is missing or unreadable."""
    try:
        result = read_result(folder)
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) and "best" in result else None


def _killed_by(number: int) -> str:
    name = signal.Signals(number).name
    hint = "; the kernel does this when memory runs out" if number == signal.SIGKILL else ""
    return f"killed by {name}{hint}"
