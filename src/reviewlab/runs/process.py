"""Find out whether the process of a run still exists on this machine."""

import os
import sys
from pathlib import Path

CLOCK_ERROR = 2.0
"""Seconds by which the start of a process, computed from the boot time, may be wrong."""


def process_exists(pid: int, since: float | None) -> bool:
    """Return True if a process exists, and is not another one that was given its id later.

    Return True as well if this cannot be found out.

    Args:
        pid: the process id.
        since: a time at which the process existed, in seconds since 1970; None if none is known.
    """
    if sys.platform == "win32" or pid <= 0:  # on Windows, `os.kill` would end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it exists, and belongs to somebody else
    try:
        state, began = _look_up(pid)
    except (OSError, ValueError):  # this machine has no /proc, or hides it
        return True
    is_killed = state == "Z"  # its parent has not noticed yet
    return not is_killed and (since is None or began <= since + CLOCK_ERROR)


def _look_up(pid: int) -> tuple[str, float]:
    """Return the state of a process, and its start in seconds since 1970."""
    # the fields follow the program's name, which is in brackets and may contain anything
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()
    system = Path("/proc/stat").read_text(encoding="utf-8")
    boot = float(system.partition("\nbtime ")[2].partition("\n")[0])
    state, ticks = fields[0], int(fields[19])
    return state, boot + ticks / os.sysconf("SC_CLK_TCK")
