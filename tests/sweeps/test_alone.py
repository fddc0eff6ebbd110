"""A job in an interpreter of its own: it ends with whoever started it, and leaves nothing open."""

import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from reviewlab.sweeps.fork_server import PARENT
from reviewlab.sweeps.local import start_fresh

LATE = """
import time
from reviewlab.sweeps.fork_server import leave_with_the_sweep
leave_with_the_sweep()
time.sleep(20)
"""


def test_a_job_whose_sweep_died_while_it_imported_does_not_begin() -> None:
    started = start_fresh([sys.executable, "-c", LATE], {PARENT: "-1"})
    assert started.exit_code() == -signal.SIGTERM


def test_a_job_that_has_ended_leaves_no_file_open() -> None:
    started = start_fresh(["true"], {})
    assert started.exit_code() == 0
    sentinel = started.sentinel
    del started
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sentinel)


def test_a_job_that_nobody_could_watch_is_not_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pid: int) -> int:
        begun.append(pid)
        raise OSError(errno.EMFILE, "Too many open files")

    begun: list[int] = []
    monkeypatch.setattr("os.pidfd_open", fail)
    with pytest.raises(OSError, match="Too many open files"):
        start_fresh(["sleep", "60"], {})
    assert not Path(f"/proc/{begun[0]}").exists()
