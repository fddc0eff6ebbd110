"""A process that has imported everything and forks a copy of itself for each job."""

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

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""Read by libraries when they are loaded."""

GROUP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Signals that Ctrl-C, `timeout` and `systemctl stop` send to a whole group of processes."""

PARENT = "REVIEWLAB_PARENT"
"""An environment variable: the process that has started a job in an interpreter of its own."""


def preload(entry: str, threads: int) -> None:
    """Start the server, which goes on to import the module of `entry` ("module:function").

    It is Python's own: a fork of it starts in milliseconds, a fresh interpreter in seconds. It only
    imports, so that its forks share no thread, generator or CUDA context, and it ends by itself
    when this process and all of its forks have ended. It hears no `GROUP_SIGNALS`: nobody else
    could tell how its forks ended.
    """
    for name in THREADS:
        os.environ[name] = str(threads)
    multiprocessing.get_context("forkserver").set_forkserver_preload([entry.partition(":")[0]])
    track_resources()  # `ensure_running` would start it too, which unblocks them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, GROUP_SIGNALS)
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def fork(target: Callable[..., None], arguments: tuple[Any, ...]) -> ForkServerProcess:
    """Call `target` in a new process, as soon as the server has imported.

    By default Python imports the main script once more in the new process: a script without
    `if __name__ == "__main__"` would start its sweep again in every job.
    """
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments)
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = program
    return process


def enter(entry: str, folder: str, overrides: list[str], environment: dict[str, str]) -> None:
    """Begin a forked job: become a process of its own, then run its entry point.

    The job leads a session: Ctrl-C reaches the sweep alone, which tells its jobs in good order, and
    killing the job kills what it started.

    Args:
        entry: "module:function", called with the job's folder and overrides.
        folder: of the job.
        overrides: what the sweep sets for it.
        environment: variables that the job has beside those of the server.
    """
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, GROUP_SIGNALS)  # blocked by the server
    os.environ.update(environment)
    leave_with_the_sweep()
    module, _, function = entry.partition(":")
    getattr(importlib.import_module(module), function)(Path(folder), overrides)


def leave_with_the_sweep() -> None:
    """Save and stop, as at SIGTERM, when the process that started this one has died."""
    parent = multiprocessing.parent_process()
    own_parent = int(os.environ.pop(PARENT, os.getppid()))  # it may have died during the imports

    def watch() -> None:
        if parent is not None:
            parent.join()
        while parent is None and os.getppid() == own_parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="watch-the-sweep").start()
