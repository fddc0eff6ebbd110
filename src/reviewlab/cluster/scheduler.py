"""Query and control SLURM through its commands; none of them needs accounting (`sacct`)."""

import os
import re
import subprocess
import time
from collections.abc import Collection, Iterable

from reviewlab.exceptions import InputError

SECONDS = 60
"""Seconds to wait for a command: a restarting controller answers late."""

BETWEEN = 0.2
"""Seconds between two checks of whether killed steps have ended."""

DEFAULT_ARRAY_SIZE = 1001
"""SLURM's default of `MaxArraySize`, used if it does not report one."""


def queued_ids(owner: int) -> set[str] | None:
    """Return the ids (`12` or `12_3`) of a user's pending or running allocations.

    Return None if SLURM is not responding. `owner` is the user's numeric id.
    """
    answer = _ask("squeue", "--noheader", "--array", f"--user={owner}", "--format=%i")
    return None if answer is None else {*answer.split()}


def known_ids(owner: int) -> set[str]:
    """Return the ids of a user's pending or running allocations, as `queued_ids` does, or fail.

    Raises:
        InputError: SLURM is not responding.
    """
    queued = queued_ids(owner)
    if queued is None:
        raise InputError(
            "squeue: SLURM is not responding here; run this on a login node of the cluster"
        )
    return queued


def cancel(ids: Collection[str]) -> None:
    """Cancel allocations; their jobs are notified and have SLURM's `KillWait` seconds to save.

    Raises:
        InputError: SLURM is not responding.
    """
    for some in _pieces(sorted(ids), 500):
        if _ask("scancel", *some) is None:
            raise InputError("scancel: SLURM is not responding; try again later")


def end_steps(name: str) -> None:
    """Kill the steps started by `srun --job-name=<name>` in this allocation; wait until they end.

    Steps on a lost node end with the node.
    """
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit and (steps := _steps(name)):
        _ask("scancel", "--signal=KILL", *steps)
        time.sleep(BETWEEN)


def requeue(identity: str) -> bool:
    """Requeue an allocation under its own id; return True if SLURM accepts."""
    return _ask("scontrol", "requeue", identity) is not None


def largest_array() -> int:
    """Return how many allocations the cluster allows in one array."""
    answer = _ask("scontrol", "show", "config") or ""
    size = re.search(r"MaxArraySize\s*=\s*(\d+)", answer)
    return max(int(size[1]), 1) if size else DEFAULT_ARRAY_SIZE


def first_host() -> str:
    """Return the first host of this process's allocation, to which distributed ranks connect."""
    hosts = _ask("scontrol", "show", "hostnames", os.environ["SLURM_JOB_NODELIST"])
    return hosts.split()[0] if hosts else os.environ["SLURM_JOB_NODELIST"]


def own_identity() -> str:
    """Return the id of the allocation that this process is in, formatted like `queued_ids`."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ["SLURM_JOB_ID"]


def _steps(name: str) -> list[str]:
    """Return the ids (`12.1` or `12_3.1`) of this allocation's steps that are called `name`.

    The list is empty if SLURM is not responding.
    """
    own_jobs = f"--jobs={own_identity()}"
    answer = _ask("squeue", "--steps", "--noheader", own_jobs, "--format=%i %j") or ""
    steps = (line.strip().partition(" ") for line in answer.splitlines())
    return [step for step, _, its_name in steps if its_name.strip() == name]


def _ask(*command: str) -> str | None:
    """Return the output of a command; None if it cannot be run, fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603  a list of words, no shell
            command, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _pieces(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[begin : begin + size] for begin in range(0, len(items), size))
