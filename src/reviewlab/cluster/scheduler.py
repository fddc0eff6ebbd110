"""Ask and tell SLURM by its own commands; none of them needs accounting (`sacct`)."""

import os
import re
import subprocess
import time
from collections.abc import Collection, Iterable

from reviewlab.exceptions import InputError

SECONDS = 60
"""A controller that restarts answers late."""

BETWEEN = 0.2
"""Seconds until SLURM is asked again whether what was killed has ended."""

DEFAULT_ARRAY_SIZE = 1001
"""SLURM's own default of `MaxArraySize`, where it does not say."""


def queued_ids(owner: int) -> set[str] | None:
    """The ids of a user's allocations that wait or run, `12` or `12_3`; None: no answer."""
    answer = _ask("squeue", "--noheader", "--array", f"--user={owner}", "--format=%i")
    return None if answer is None else {*answer.split()}


def known_ids(owner: int) -> set[str]:
    """The same.

    Raises: InputError when SLURM does not answer.
    """
    queued = queued_ids(owner)
    if queued is None:
        raise InputError(
            "squeue: SLURM does not answer here; allowed: on a login node of the cluster"
        )
    return queued


def cancel(ids: Collection[str]) -> None:
    """End allocations: their jobs are told, and have SLURM's `KillWait` seconds to save.

    Raises: InputError when SLURM does not answer.
    """
    for some in _pieces(sorted(ids), 500):
        if _ask("scancel", *some) is None:
            raise InputError("scancel: SLURM does not answer; allowed: to try again later")


def end_steps(name: str) -> None:
    """Kill what `srun --job-name=<name>` has started in this allocation, and wait for its end.

    What runs on a node that is lost, SLURM ends with the node.
    """
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit and (steps := _steps(name)):
        _ask("scancel", "--signal=KILL", *steps)
        time.sleep(BETWEEN)


def requeue(identity: str) -> bool:
    """Put an allocation back into SLURM's queue under its own id; whether that was accepted."""
    return _ask("scontrol", "requeue", identity) is not None


def largest_array() -> int:
    """Return how many allocations one array may have."""
    answer = _ask("scontrol", "show", "config") or ""
    size = re.search(r"MaxArraySize\s*=\s*(\d+)", answer)
    return max(int(size[1]), 1) if size else DEFAULT_ARRAY_SIZE


def first_host() -> str:
    """The first of the hosts of this process's allocation, where distributed ranks meet."""
    hosts = _ask("scontrol", "show", "hostnames", os.environ["SLURM_JOB_NODELIST"])
    return hosts.split()[0] if hosts else os.environ["SLURM_JOB_NODELIST"]


def own_identity() -> str:
    """The id of the allocation that this process is in, as `queued_ids` has it."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ["SLURM_JOB_ID"]


def _steps(name: str) -> list[str]:
    """The steps of this allocation with a name, `12.1` or `12_3.1`; none where SLURM is silent."""
    ours = f"--jobs={own_identity()}"
    answer = _ask("squeue", "--steps", "--noheader", ours, "--format=%i %j") or ""
    steps = (line.strip().partition(" ") for line in answer.splitlines())
    return [step for step, _, its_name in steps if its_name.strip() == name]


def _ask(*command: str) -> str | None:
    """Return what a command prints; None when it cannot be run, fails or is silent for too long."""
    try:
        done = subprocess.run(  # noqa: S603  a list of words, no shell
            command, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _pieces(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[begin : begin + size] for begin in range(0, len(items), size))
