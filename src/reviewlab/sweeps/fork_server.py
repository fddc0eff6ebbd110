"""A process that has imported everything and forks a copy of itself for each job."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from multiprocessing.resource_tracker import ensure_running as track_resources
from typing import Any

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""Read by libraries when they are loaded."""

GROUP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What Ctrl-C, `timeout` and `systemctl stop` send to a whole group of processes."""


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
    """Call `target` in a new process, as soon as the server has imported."""
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments)
    process.start()
    return process
