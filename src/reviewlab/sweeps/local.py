"""Start jobs on this machine, a limited number at a time."""

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt, Threads
from reviewlab.sweeps.fork_server import PARENT, enter, fork, preload
from reviewlab.sweeps.settings import Launcher


class Slot(NamedTuple):
    """Room for one process. `gpu` is the process's device, or None if the process uses the CPU."""

    number: int
    gpu: str | None


@dataclass(frozen=True)
class Started:
    """A job's process.

    Attributes:
        process: a `subprocess.Popen` or a `multiprocessing` process.
        pid: the process id.
        sentinel: a file descriptor that becomes readable once the process has ended.
        stop_signal: the signal that makes the job save and exit.
        lost: the reason why the process's end was not noticed: always empty, since the end of a
            local process is always noticed.
        began: the start time, by the monotonic clock.
    """

    process: Any
    pid: int
    sentinel: int
    stop_signal: int = signal.SIGTERM
    lost: str = ""
    began: float = field(default_factory=time.monotonic)

    def exit_code(self) -> int:
        """Return the exit code of a process that has ended, -N if signal N killed it.

        `srun` reports 128 + N instead, as shells do; this is converted to -N.
        """
        self.process.join() if hasattr(self.process, "join") else self.process.wait()
        code = getattr(self.process, "exitcode", None)
        code = int(self.process.returncode if code is None else code)
        return 128 - code if code - 128 in [*signal.Signals] else code

    def ask_to_stop(self) -> None:
        """Ask the job to save and exit."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, self.stop_signal)

    def kill(self) -> None:
        """Kill the job with all its ranks, which are in the job's own process group."""
        for end in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)


def named_gpus() -> list[str]:
    """Return the GPUs in CUDA_VISIBLE_DEVICES, as indices or UUIDs; an empty list if it is unset.

    These names let this process assign its GPUs to other processes.
    """
    words = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    return [word.strip() for word in words if word.strip()]


class LocalLauncher(Launcher):
    """Runs each job in a process forked from a server with all imports done.

    Args:
        slots: number of jobs that run at a time. auto: `jobs_per_device` for each GPU, or, without
            GPUs, the number of cores divided by `threads_per_job`.
        jobs_per_device: number of jobs that share a GPU.
        threads_per_job: number of CPU threads for each job.
    """

    def __init__(
        self,
        slots: PositiveInt | Literal["auto"] = "auto",
        jobs_per_device: PositiveInt = 1,
        threads_per_job: Threads = 1,
    ) -> None:
        self._slots = slots
        self._jobs_per_device = jobs_per_device
        self.threads_per_job = threads_per_job
        self._entry = ""

    def open(self, entry: str) -> None:
        """Prepare to start jobs that run `entry` ("module:function")."""
        self._entry = entry
        preload(entry, self.threads_per_job)

    def slots(self, gpus: Sequence[str]) -> list[Slot]:
        """Return the slots that jobs run in; `gpus` are the devices to share, empty for the CPU.

        Raises:
            InputError: `slots` is more than `jobs_per_device` allows on these GPUs.
        """
        places = [gpu for _ in range(self._jobs_per_device) for gpu in gpus]
        if not gpus:
            cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
            count = max(cores // self.threads_per_job, 1)
            count = count if self._slots == "auto" else self._slots
            return [Slot(number, None) for number in range(count)]
        count = len(places) if self._slots == "auto" else self._slots
        if count > len(places):
            raise InputError(
                f"hydra.launcher.slots: {count} jobs at a time would share {len(gpus)} GPUs; "
                f"allowed: 1 to {len(places)}, or raise hydra.launcher.jobs_per_device"
            )
        return [Slot(number, gpu) for number, gpu in enumerate(places[:count])]

    def start(self, folder: Path, overrides: Sequence[str], slots: Sequence[Slot]) -> Started:
        """Start the job whose config is in `folder`, on one device for each of its slots.

        A job with several devices gets a fresh interpreter, since Lightning starts its ranks from
        the command line.

        Args:
            folder: the job's folder.
            overrides: the overrides that the sweep sets for the job.
            slots: the slots that the job takes.
        """
        gpus = [slot.gpu for slot in slots if slot.gpu is not None]
        environment = {"CUDA_VISIBLE_DEVICES": ",".join(gpus)} if gpus else {}
        if len(slots) > 1:
            return start_alone(self._entry, folder, overrides, environment)
        process = fork(enter, (self._entry, str(folder), [*overrides], environment))
        return Started(process, int(process.pid or 0), process.sentinel)


def start_alone(
    entry: str, folder: Path, overrides: Sequence[str], environment: dict[str, str]
) -> Started:
    """Start the job in `folder` in a fresh interpreter.

    Args:
        entry: "module:function"; the module is run with the folder and overrides as arguments.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
        environment: environment variables added to this process's.
    """
    parent = {PARENT: str(os.getpid())}
    return start_fresh(fresh_command(entry, folder, overrides), environment | parent)


def fresh_command(entry: str, folder: Path, overrides: Sequence[str]) -> list[str]:
    """Return the command that starts the job in `folder` in a fresh interpreter.

    Args:
        entry: "module:function"; the module is run with the folder and overrides as arguments.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
    """
    return [sys.executable, "-m", entry.partition(":")[0], str(folder), *overrides]


def start_fresh(command: Sequence[str], environment: dict[str, str]) -> Started:
    """Start `command` as a session leader; `environment` is added to the inherited variables."""
    process = subprocess.Popen(  # noqa: S603  our own module, no shell
        command,
        env={**os.environ, **environment},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )
    try:
        sentinel = watch_end(process)
    except OSError:
        process.kill()
        process.wait()
        raise
    weakref.finalize(process, os.close, sentinel)
    return Started(process, process.pid, sentinel)


def watch_end(process: "subprocess.Popen[bytes]") -> int:
    """Return a file descriptor that becomes readable once a process has ended."""
    if hasattr(os, "pidfd_open"):
        return os.pidfd_open(process.pid)
    ended, open_until_then = os.pipe()  # macOS has no process file descriptors

    def wait() -> None:
        process.wait()
        os.close(open_until_then)

    threading.Thread(target=wait, daemon=True, name=f"watch-{process.pid}").start()
    return ended
