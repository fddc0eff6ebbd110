"""One job on several nodes: SLURM starts a process on each, which starts the ranks there."""

import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.cluster.scheduler import end_steps, first_host
from reviewlab.console.exit import handle_signals
from reviewlab.sweeps.local import Started, fresh_command, start_fresh


@dataclass(frozen=True)
class StartedOnNodes(Started):
    """The `srun` process of a job.

    The job's tasks are not child processes of `srun`, and survive when it dies.

    Attributes:
        name: name of the SLURM step, used to find the tasks.
    """

    name: str = ""

    def kill(self) -> None:
        """Kill the job on all of its nodes."""
        end_steps(self.name)
        super().kill()


def start_on_nodes(
    entry: str, folder: Path, overrides: Sequence[str], parameters: Mapping[str, Any]
) -> StartedOnNodes:
    """Start the job in `folder` on all nodes of this allocation.

    `srun` starts processes on all nodes. The first process runs the job; the others only start
    ranks for it on their nodes (see `node_rank`). When one process fails, `srun` ends the others.

    `srun` forwards SIGUSR1 to the processes. It is made to ignore SIGTERM, on which it would kill
    them; SLURM sends SIGTERM to the processes itself.

    Args:
        entry: "module:function"; the module is run with the folder and overrides as arguments.
        folder: the job's folder.
        overrides: the overrides that the sweep sets for the job.
        parameters: the parameters of the allocation, from `SlurmLauncher.request`.
    """
    tasks = parameters["nodes"] * parameters["ntasks_per_node"]
    words = [
        *("srun", "--quiet", "--overlap", "--mem=0", "--cpu-bind=none", "--kill-on-bad-exit=1"),
        *(f"--nodes={parameters['nodes']}", f"--ntasks={tasks}"),
        *(f"--ntasks-per-node={parameters['ntasks_per_node']}",),
        *(f"--cpus-per-task={parameters['cpus_per_task']}", f"--job-name={folder.name}"),
    ]
    rendezvous = {"MASTER_ADDR": first_host(), "MASTER_PORT": str(_free_port())}
    command = [*words, *fresh_command(entry, folder, overrides)]
    with handle_signals({signal.SIGTERM: signal.SIG_IGN}):  # the child inherits this
        srun = start_fresh(command, rendezvous)
    return StartedOnNodes(srun.process, srun.pid, srun.sentinel, signal.SIGUSR1, name=folder.name)


def node_rank() -> int:
    """Return this node's rank within the job, 0 for a single node.

    For a job on several nodes, `NODE_RANK`, which Lightning reads, is set to this rank.
    """
    if "MASTER_PORT" in os.environ:
        os.environ["NODE_RANK"] = os.environ.get("SLURM_PROCID", "0")
    return int(os.environ.get("NODE_RANK", "0"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
