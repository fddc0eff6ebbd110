"""One job on several nodes: SLURM starts a process on each, and each its own ranks."""

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
    """The `srun` of a job; its tasks are not its offspring, and outlive it when it is killed.

    name: of the step, by which SLURM finds them.
    """

    name: str = ""

    def kill(self) -> None:
        """End it now, on all its nodes."""
        end_steps(self.name)
        super().kill()


def start_on_nodes(
    entry: str, folder: Path, overrides: Sequence[str], asked: Mapping[str, Any]
) -> StartedOnNodes:
    """Start the job in `folder` on all nodes of this allocation.

    The first process is the job, the others only start ranks: see `node_rank`. `srun` ends all of
    them when one fails, and hands on SIGUSR1; at SIGTERM it would kill them, but SLURM sends it to
    them as well, so that it may ignore it.

    asked: what the allocation was asked for with, as `SlurmLauncher.request` has it.
    """
    tasks = asked["nodes"] * asked["ntasks_per_node"]
    words = [
        *("srun", "--quiet", "--overlap", "--mem=0", "--cpu-bind=none", "--kill-on-bad-exit=1"),
        *(f"--nodes={asked['nodes']}", f"--ntasks={tasks}"),
        *(f"--ntasks-per-node={asked['ntasks_per_node']}",),
        *(f"--cpus-per-task={asked['cpus_per_task']}", f"--job-name={folder.name}"),
    ]
    meeting = {"MASTER_ADDR": first_host(), "MASTER_PORT": str(_free_port())}
    command = [*words, *fresh_command(entry, folder, overrides)]
    with handle_signals({signal.SIGTERM: signal.SIG_IGN}):  # the child inherits this
        srun = start_fresh(command, meeting)
    return StartedOnNodes(srun.process, srun.pid, srun.sentinel, signal.SIGUSR1, name=folder.name)


def node_rank() -> int:
    """Number the node of a job that this process is on; 0 where there is only one.

    It is left in the environment for Lightning.
    """
    if "MASTER_PORT" in os.environ:
        os.environ["NODE_RANK"] = os.environ.get("SLURM_PROCID", "0")
    return int(os.environ.get("NODE_RANK", "0"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
