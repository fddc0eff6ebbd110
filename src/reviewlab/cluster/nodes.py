"""One job on several nodes: SLURM starts a process on each, and each its own ranks."""

import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from reviewlab.cluster.scheduler import first_host
from reviewlab.seen import handed_on
from reviewlab.sweeps.local import Started, fresh_command, start_fresh


def start_on_nodes(entry: str, folder: Path, overrides: Sequence[str], nodes: int) -> Started:
    """Start the job in `folder` on all nodes of this allocation.

    The first process is the job, the others only start ranks: see `node_rank`. `srun` ends all of
    them when one fails, and hands on SIGUSR1, but kills at SIGTERM.
    """
    srun = [
        *("srun", "--overlap", "--mem=0", "--kill-on-bad-exit=1", f"--ntasks={nodes}"),
        *(f"--ntasks-per-node={os.environ.get('SLURM_NTASKS_PER_NODE', '1')}", "--quiet"),
    ]
    if "SLURM_CPUS_PER_TASK" in os.environ:
        srun.append(f"--cpus-per-task={os.environ['SLURM_CPUS_PER_TASK']}")
    meeting = {"MASTER_ADDR": first_host(), "MASTER_PORT": str(_free_port())}
    command = [*srun, *fresh_command(entry, folder, overrides)]
    return start_fresh(command, handed_on() | meeting, signal.SIGUSR1)


def node_rank() -> int:
    """Which of a job's nodes this process is, and 0 where there is only one.

    It is left in the environment for Lightning.
    """
    if "MASTER_PORT" in os.environ:
        os.environ["NODE_RANK"] = os.environ.get("SLURM_PROCID", "0")
    return int(os.environ.get("NODE_RANK", "0"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
