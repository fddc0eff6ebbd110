"""Start jobs on this machine, so many at a time."""

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
    """A place for one process; `gpu` is its device, None where it computes on cores."""

    number: int
    gpu: str | None


@dataclass(frozen=True)
class Started:
    """A job's process.

    sentinel: ready to be read once the process has ended.
    stop_signal: what makes it save and leave.
    lost: nothing: its end is seen here.
    began: by the monotonic clock.
    """

    process: Any
    pid: int
    sentinel: int
    stop_signal: int = signal.SIGTERM
    lost: str = ""
    began: float = field(default_factory=time.monotonic)

    def exit_code(self) -> int:
        """The exit code of a process that has ended, -N where signal N killed it.

        `srun` says 128 + N, as shells do.
        """
        self.process.join() if hasattr(self.process, "join") else self.process.wait()
        code = getattr(self.process, "exitcode", None)
        code = int(self.process.returncode if code is None else code)
        return 128 - code if code - 128 in [*signal.Signals] else code

    def ask_to_stop(self) -> None:
        """Let it save and leave."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, self.stop_signal)

    def kill(self) -> None:
        """End it now, with all its ranks: a job leads a process group of its own."""
        for end in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)


def named_gpus() -> list[str]:
    """Return the words of CUDA_VISIBLE_DEVICES, numbers or UUIDs; none where it is empty or unset.

    They are the names by which this process can hand its GPUs on.
    """
    words = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    return [word.strip() for word in words if word.strip()]


class LocalLauncher(Launcher):
    """One process a job, out of a fork server that has everything imported already.

    Args:
        slots: jobs at a time; auto is one a GPU, else as many as the cores allow.
        jobs_per_device: jobs that share a GPU.
        threads_per_job: threads that a job computes with.
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
        """From here on jobs can be started, which run `entry` ("module:function")."""
        self._entry = entry
        preload(entry, self.threads_per_job)

    def slots(self, gpus: Sequence[str]) -> list[Slot]:
        """The places for jobs; `gpus` are the devices to share out, none for jobs on cores.

        Raises: InputError when more jobs were asked for than the GPUs are to have.
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
                f"allowed: 1 to {len(places)}, or a larger hydra.launcher.jobs_per_device"
            )
        return [Slot(number, gpu) for number, gpu in enumerate(places[:count])]

    def start(self, folder: Path, overrides: Sequence[str], slots: Sequence[Slot]) -> Started:
        """Start the job whose config lies in `folder`, on as many devices as it has slots.

        A job with several devices gets a fresh interpreter, since Lightning starts its ranks from
        the command line.
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
    """Start the job in `folder` in an interpreter of its own, with more in its environment."""
    ours = {PARENT: str(os.getpid())}
    return start_fresh(fresh_command(entry, folder, overrides), environment | ours)


def fresh_command(entry: str, folder: Path, overrides: Sequence[str]) -> list[str]:
    """Return the command that starts the job in `folder` in an interpreter of its own."""
    return [sys.executable, "-m", entry.partition(":")[0], str(folder), *overrides]


def start_fresh(command: Sequence[str], environment: dict[str, str]) -> Started:
    """Start `command` as the leader of a session, with more in its environment."""
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
    """Return a file descriptor that can be read from once a process has ended."""
    if hasattr(os, "pidfd_open"):
        return os.pidfd_open(process.pid)
    ended, open_until_then = os.pipe()  # macOS has no descriptors of processes

    def wait() -> None:
        process.wait()
        os.close(open_until_then)

    threading.Thread(target=wait, daemon=True, name=f"watch-{process.pid}").start()
    return ended
