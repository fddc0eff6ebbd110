"""Read and correct the status of a job while no process trains in its folder."""

from pathlib import Path

from reviewlab.runs.folder import RunFolder
from reviewlab.runs.lock import InUseError
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.outcome import known_status


def make_queued(path: Path) -> bool:
    """Set the job in `path` to `queued`; return False while a process trains there."""
    try:
        with RunFolder(path).held():
            write_status(path, known_status(path).queued())
    except InUseError:
        return False
    return True


def settle_without_allocation(path: Path) -> Status | None:
    """Return the status of a job that no longer has an allocation, correcting it if necessary.

    A status of `queued` or `running` is corrected, since the job will not run. Return None if a
    process is training in `path` nevertheless; that process must have been started by hand.
    """
    if not path.is_dir():
        return Status("queued").finished("failed", "the job's folder was deleted")
    status = known_status(path)
    if status.state not in ("queued", "running"):
        return status
    try:
        with RunFolder(path).held():
            status = known_status(path)  # the job may have ended in the meantime
            if status.state == "running":
                status = status.finished("killed", "its allocation ended unexpectedly")
            elif status.state == "queued":
                status = status.finished("preempted", "its allocation ended before the job started")
            write_status(path, status)
    except InUseError:
        return None
    return status
