"""The state of a run, in a file that is correct at any moment."""

import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from reviewlab.exceptions import DISK_FAILURES
from reviewlab.runs.files import UNREADABLE, read_json, write_json
from reviewlab.runs.lock import is_locked
from reviewlab.runs.process import process_exists

State = Literal["queued", "running", "done", "failed", "killed", "preempted", "pruned"]


@dataclass(frozen=True)
class Status:
    """The state of one run. All times are in seconds since 1970.

    Attributes:
        state: `preempted` if a signal stopped the run; a run that had made a step saved `last.ckpt`
            first. `killed` if the run died without writing a status; another process wrote it, or
            `read_status` found it out.
        attempts: number of times that the run was started.
        failures: number of attempts that ended as failed or killed.
        host: the machine of the last attempt.
        pid: the process id of the last attempt.
        started: start of the last attempt.
        ended: end of the last attempt.
        error: text of the error; tables show its last line.
        epoch: the epoch that training has reached, from 0; None before its first step.
        step: the step that training has reached, from 0; None before its first step.
        heartbeat: time of the last sign of life; written every few seconds while the run is alive.
    """

    state: State
    attempts: int = 0
    failures: int = 0
    host: str = ""
    pid: int = 0
    started: float | None = None
    ended: float | None = None
    error: str | None = None
    epoch: int | None = None
    step: int | None = None
    heartbeat: float | None = None

    @property
    def reason(self) -> str:
        """The last line of `error`, which says what went wrong; empty without an error."""
        lines = (self.error or "").strip().splitlines()
        return lines[-1].strip() if lines else ""

    @property
    def is_done(self) -> bool:
        """True if nothing is left to train, because the run is complete or a search pruned it."""
        return self.state in ("done", "pruned")

    def queued(self) -> "Status":
        """Return the status of a run that waits for its next attempt."""
        return Status("queued", self.attempts, self.failures)

    def begun(self) -> "Status":
        """Return the status of a run that begins another attempt now, in this process."""
        return Status(
            "running",
            self.attempts + 1,
            self.failures,
            socket.gethostname(),
            os.getpid(),
            started=time.time(),
        )

    def finished(self, state: State, error: str | None = None) -> "Status":
        """Return the status of a run whose attempt has ended."""
        failures = self.failures + (state in ("failed", "killed"))
        return replace(self, state=state, failures=failures, ended=time.time(), error=error)

    def vanished(self) -> "Status":
        """Return the status of a run whose process is gone, although its file says `running`.

        This counts as no failure: it may be the machine that failed. The time of the last sign of
        life stands for the end.
        """
        ended = self.heartbeat or self.started
        return replace(self, state="killed", ended=ended, error="its process ended unexpectedly")


def read_status(folder: Path) -> Status:
    """Read the status of the run in `folder`; `killed` if it says `running` but nothing runs.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
        TypeError: it has other fields.
    """
    status = read_record(folder)
    if status.state == "running" and _is_gone(status, folder):
        now = read_record(folder)  # it may have ended in the meantime, and have written how
        return now.vanished() if now == status else now
    return status


def _is_gone(status: Status, folder: Path) -> bool:
    """Return True if the process of a run is gone.

    A process on another machine cannot be looked up. One in another container may be invisible, and
    a clock that was set changes the times at which processes seem to have begun; but all of them
    hold the lock of the folder.
    """
    is_here = status.host == socket.gethostname()
    return is_here and not process_exists(status.pid, status.started) and not is_locked(folder)


def read_record(folder: Path) -> Status:
    """Read the status in `folder` as it was written; `queued` if none has been written yet.

    It may say `running` although the process was killed. This is for the code that writes the next
    status.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
        TypeError: it has other fields.
    """
    path = folder / "status.json"
    if not path.exists():
        return Status("queued")
    status = Status(**read_json(path))
    _refuse_damaged(status)
    return status


def _refuse_damaged(status: Status) -> None:
    counts = (status.attempts, status.failures, status.pid)
    texts = (status.host, status.error or "")
    rest = (status.started, status.ended, status.epoch, status.step, status.heartbeat)
    if not (
        status.state in get_args(State)
        and all(isinstance(count, int) for count in counts)
        and all(isinstance(text, str) for text in texts)
        and all(number is None or isinstance(number, int | float) for number in rest)
    ):
        raise ValueError("a field has a value that no run writes")


def write_status(folder: Path, status: Status) -> None:
    """Replace the status in `folder`, atomically.

    On a full disk, the end of an attempt is written over the file's present content, since a run
    that has ended must not look alive.
    """
    path = folder / "status.json"
    try:
        write_json(path, asdict(status))
    except OSError as error:
        if status.ended is None or error.errno not in DISK_FAILURES:
            raise
        try:
            _overwrite(path, replace(status, error=status.reason or None))
        except OSError:
            raise error from None


def _overwrite(path: Path, status: Status) -> None:
    """Write a status into the blocks that the file has already, in a single call."""
    content = json.dumps(asdict(status)).encode()
    with path.open("r+b", buffering=0) as file:
        file.write(content.ljust(path.stat().st_size))


def write_end(folder: Path, status: Status, state: State, error: str | None = None) -> None:
    """Write the end of an attempt, and keep the progress that was recorded during it.

    Args:
        folder: the run folder.
        status: the status with which the attempt began.
        state: the state in which the attempt ended.
        error: the reason, if the attempt did not succeed.
    """
    last = status
    with suppress(*UNREADABLE):
        last = read_record(folder)
    ended = status.finished(state, error)
    write_status(folder, replace(ended, epoch=last.epoch, step=last.step, heartbeat=last.heartbeat))
