"""The state of a run, in a file that is true at any moment."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from reviewlab.runs.files import UNREADABLE, read_json, write_json

State = Literal["queued", "running", "done", "failed", "killed", "preempted", "pruned"]


@dataclass(frozen=True)
class Status:
    """One run's state.

    preempted: stopped by a signal, after `last.ckpt` was written where a step had been made.
    killed: died without a word; only somebody else can have written it.
    failures: how many of the attempts ended as failed or killed.
    epoch, step: that the training has come to, each from 0; None before its first step.
    heartbeat: when it was there; it is written every few seconds while the run goes on.
    Times are seconds since 1970; `error` ends with the line that a table shows.
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
        """The line of the error that names it; empty where there is none."""
        lines = (self.error or "").strip().splitlines()
        return lines[-1].strip() if lines else ""

    @property
    def is_done(self) -> bool:
        """True when it was trained for as long as it is to be; a search may have pruned it."""
        return self.state in ("done", "pruned")

    def queued(self) -> "Status":
        """Return the status of a run that waits for its next attempt."""
        return Status("queued", self.attempts, self.failures)

    def begun(self) -> "Status":
        """Return the status of a run that begins one more attempt, here and now."""
        return Status(
            "running",
            self.attempts + 1,
            self.failures,
            socket.gethostname(),
            os.getpid(),
            started=time.time(),
        )

    def finished(self, state: State, error: str | None = None) -> "Status":
        """Return the status of a run whose attempt is over."""
        failures = self.failures + (state in ("failed", "killed"))
        return replace(self, state=state, failures=failures, ended=time.time(), error=error)


def read_status(folder: Path) -> Status:
    """Read the status in `folder`; `queued` where none was written yet."""
    path = folder / "status.json"
    if not path.exists():
        return Status("queued")
    return Status(**read_json(path))


def write_status(folder: Path, status: Status) -> None:
    """Replace the status in `folder`, atomically."""
    write_json(folder / "status.json", asdict(status))


def write_end(folder: Path, status: Status, state: State, error: str | None = None) -> None:
    """Write how an attempt ended; how far it came was written while it went on.

    Args:
        folder: of the run.
        status: that the attempt began with.
        state: in which it ended.
        error: why, where it did not end well.
    """
    last = status
    with suppress(*UNREADABLE):
        last = read_status(folder)
    ended = status.finished(state, error)
    write_status(folder, replace(ended, epoch=last.epoch, step=last.step, heartbeat=last.heartbeat))
