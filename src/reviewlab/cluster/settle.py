"""Read and correct the state of a job's folder while nobody trains in it."""

from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.outcome import known_status


def make_queued(path: Path) -> bool:
    """Let the job in `path` wait for its next attempt; false while a process trains there."""
    try:
        with RunFolder(path).held():
            write_status(path, known_status(path).queued())
    except InputError:
        return False
    return True


def settle_without_allocation(path: Path) -> Status | None:
    """The status of a job that no allocation works on, corrected where its file still hopes.

    None where a process does train there: it was started by hand.
    """
    if not path.is_dir():
        return Status("queued").finished("failed", "its folder was deleted")
    status = known_status(path)
    if status.state not in ("queued", "running"):
        return status
    try:
        with RunFolder(path).held():
            status = known_status(path)  # it may have ended meanwhile
            if status.state == "running":
                status = status.finished("killed", "its allocation ended without a word")
            elif status.state == "queued":
                status = status.finished("preempted", "its allocation ended before it began")
            write_status(path, status)
    except InputError:
        return None
    return status
