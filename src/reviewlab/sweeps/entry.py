"""The first thing that a forked job does: become a process of its own, then run its entry point."""

import importlib
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

from reviewlab.sweeps.fork_server import GROUP_SIGNALS

PARENT = "REVIEWLAB_PARENT"
"""An environment variable: the process that has started a job in an interpreter of its own."""


def enter(entry: str, folder: str, overrides: list[str], environment: dict[str, str]) -> None:
    """Call `entry` ("module:function") with a job's folder and overrides.

    The job leads a session: Ctrl-C reaches the sweep alone, which tells its jobs in good order, and
    whoever kills the job kills what it started.
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
