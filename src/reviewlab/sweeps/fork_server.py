"""A server process with all imports done, which forks a copy of itself for each job."""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from multiprocessing.resource_tracker import ensure_running as track_resources
from pathlib import Path
from types import ModuleType
from typing import Any

from reviewlab.console.exit import stop_signals

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""Environment variables for the number of threads. Libraries read them only when loaded."""

SERVERS = 5
"""Number of servers that are tried for a job, if each is killed while it starts the job."""

PARENT = "REVIEWLAB_PARENT"
"""Environment variable with the id of the process that started a job in a fresh interpreter."""


def preload(entry: str, threads: int) -> None:
    """Start the fork server, which then imports the module of `entry` ("module:function").

    The fork server is Python's: a fork starts in milliseconds, a fresh interpreter in seconds.
    The server only imports, so its forks share no thread, generator or CUDA context. It ends by
    itself once this process and all of its forks have ended. `stop_signals` are blocked in it,
    because only a living server can report how its forks ended, and Ctrl-C, `timeout`, `systemctl
    stop` and a closed terminal signal the whole process group.

    Args:
        entry: the function that each job will run.
        threads: number of CPU threads for each job.
    """
    for name in THREADS:
        os.environ[name] = str(threads)
    multiprocessing.get_context("forkserver").set_forkserver_preload([entry.partition(":")[0]])
    _start_server()


def _start_server() -> None:
    """Start the fork server, unless it is running."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals())
    try:
        track_resources()  # a process that has to outlive the group, too; it unblocks some signals
        signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals())
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def fork(target: Callable[..., None], arguments: tuple[Any, ...]) -> ForkServerProcess:
    """Call `target` in a new process, as soon as the fork server has finished its imports.

    The main script is hidden while the process starts. Otherwise Python would import it again
    there, and a script without `if __name__ == "__main__"` would start its sweep again in every
    job.
    """
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments)
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        _start(process)
    finally:
        sys.modules["__main__"] = program
    return process


def _start(process: ForkServerProcess) -> None:
    """Start a process, with a new server if this one is killed meanwhile.

    A fork of a killed server has not been told what to do, and ends.
    """
    for remaining in reversed(range(SERVERS)):
        _start_server()
        try:
            process.start()
        except (EOFError, ConnectionError):
            if not remaining:
                raise
            time.sleep(0.1)  # until the system knows that the server has ended
        else:
            return


def enter(entry: str, folder: str, overrides: list[str], environment: dict[str, str]) -> None:
    """Begin a forked job: detach it from the sweep's session, then run its entry point.

    As the leader of its own session the job does not receive Ctrl-C. The sweep does, and then asks
    its jobs to save and stop. Killing the job also kills the processes it started.

    Until the job handles SIGINT itself, SIGINT ends the process, so that the sweep knows what ended
    it. Python's `KeyboardInterrupt` would look like an error of the job.

    Args:
        entry: "module:function", called with the job's folder and overrides.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
        environment: environment variables added to the fork server's.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop_signals())  # blocked by the server
    os.environ.update(environment)
    leave_with_the_sweep()
    module, _, function = entry.partition(":")
    getattr(importlib.import_module(module), function)(Path(folder), overrides)


def leave_with_the_sweep() -> None:
    """Start a thread that sends this process SIGTERM if the sweep's process dies.

    The job then saves and stops.
    """
    parent = multiprocessing.parent_process()
    own_parent = int(os.environ.pop(PARENT, os.getppid()))  # may have died during the imports

    def watch() -> None:
        if parent is not None:
            parent.join()
        while parent is None and os.getppid() == own_parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="watch-the-sweep").start()
