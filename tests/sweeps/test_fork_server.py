"""The server that forks jobs, and jobs that end with the process that started them."""

import os
import signal
import sys
import threading
from multiprocessing import forkserver
from pathlib import Path

from tests.until import until

from reviewlab.console.exit import stop_signals
from reviewlab.runs.status import read_status
from reviewlab.sweeps.fork_server import PARENT, enter, fork
from reviewlab.sweeps.local import LocalLauncher, start_fresh

LATE = """
import signal
from reviewlab.sweeps.fork_server import leave_with_the_sweep
leave_with_the_sweep()
signal.pause()
"""


def test_a_job_whose_sweep_died_while_it_imported_does_not_begin() -> None:
    started = start_fresh([sys.executable, "-c", LATE], {PARENT: "-1"})
    assert started.exit_code() == -signal.SIGTERM


def test_a_forked_job_is_a_process_of_its_own_with_its_environment(
    launcher: LocalLauncher, tmp_path: Path
) -> None:
    process = fork(enter, ("os:_exit_is_no_entry", str(tmp_path), [], {}))
    process.join()
    assert process.exitcode == 1  # no such function: the fork ends, but not the server
    arguments = ("tests.sweeps.entries:main", str(tmp_path), ["environment"])
    process = fork(enter, (*arguments, {"CUDA_VISIBLE_DEVICES": "7"}))
    process.join()
    assert process.exitcode == 0
    assert (tmp_path / "environment").read_text() == "7 1"


def test_a_signal_to_the_group_reaches_a_job_but_not_the_server(
    launcher: LocalLauncher, tmp_path: Path
) -> None:
    process = fork(enter, ("tests.sweeps.entries:main", str(tmp_path), ["wait"], {}))
    until((tmp_path / "waiting").exists, "the job")
    assert process.pid is not None
    assert os.getsid(process.pid) == process.pid
    os.killpg(process.pid, signal.SIGTERM)
    process.join()
    assert process.exitcode == 128 + signal.SIGTERM
    assert read_status(tmp_path).state == "preempted"


def test_sigint_ends_a_job_that_does_not_handle_it_yet(
    launcher: LocalLauncher, tmp_path: Path
) -> None:
    """Its exit code says so; that of a `KeyboardInterrupt` would look like a failure."""
    process = fork(enter, ("tests.sweeps.entries:main", str(tmp_path), ["wait"], {}))
    until((tmp_path / "waiting").exists, "the job")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    process.join()
    assert process.exitcode == -signal.SIGINT


def test_a_server_that_is_killed_while_it_starts_a_job_is_replaced(
    launcher: LocalLauncher, tmp_path: Path
) -> None:
    """Its successor blocks the signals that stop a sweep, too."""
    fork(enter, ("tests.sweeps.entries:main", str(tmp_path), ["environment"], {})).join()
    server = forkserver._forkserver._forkserver_pid
    os.kill(server, signal.SIGSTOP)  # it accepts the request and does not answer
    threading.Timer(0.3, os.kill, (server, signal.SIGKILL)).start()
    (tmp_path / "environment").unlink()
    process = fork(enter, ("tests.sweeps.entries:main", str(tmp_path), ["environment"], {}))
    process.join()
    assert process.exitcode == 0
    assert (tmp_path / "environment").exists()
    successor = forkserver._forkserver._forkserver_pid
    assert successor != server
    assert blocked(successor) >= {*stop_signals()}


def blocked(process: int) -> set[int]:
    """Return the signals that a process blocks."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [mask] = [int(line.split()[1], 16) for line in lines if line.startswith("SigBlk")]
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}
