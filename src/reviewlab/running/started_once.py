"""Refuse to start several copies of a single run, which starts its ranks itself.

Each copy would train the whole run in its own folder, or wait for the others forever.
"""

import os
from collections.abc import Mapping
from typing import Any

from reviewlab.console.commands import command
from reviewlab.exceptions import InputError

TASKS = ("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", "SLURM_NPROCS")
"""Variables in which SLURM gives the number of copies, the most specific first."""

CORES = ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE")
"""Variables in which SLURM gives the cores of a copy, the most specific first."""


def refuse_copies(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> None:
    """Check that SLURM or torchrun started this program once, with enough cores for `trainer`.

    Raises:
        InputError: the program was started several times, there are too few cores, or there are
            several nodes but no launcher.
    """
    trainer = config.get("trainer")
    if not isinstance(trainer, dict):
        return
    if "TORCHELASTIC_RUN_ID" in environment:
        raise InputError(
            "torchrun: each process that it starts would train the whole run; instead of torchrun, "
            f"use {command('train')} trainer=ddp, which starts trainer.devices ranks itself"
        )
    if trainer.get("num_nodes", 1) != 1 and "NODE_RANK" not in environment:
        raise InputError(
            f"trainer.num_nodes: {trainer['num_nodes']}, but nothing starts the other nodes; "
            "allowed: 1; for more, add -m hydra/launcher=slurm"
        )
    if "SLURM_JOB_ID" in environment:
        _refuse_tasks(trainer, environment)


def refuse_tasks(environment: Mapping[str, str]) -> None:
    """Refuse to start a sweep in a SLURM step of several tasks: each would run the whole sweep.

    Raises:
        InputError: there are several tasks.
    """
    tasks = environment.get("SLURM_STEP_NUM_TASKS", "1")
    if tasks != "1":
        raise InputError(
            f"SLURM_STEP_NUM_TASKS: {tasks} tasks would each run the whole sweep; start one "
            "with srun --ntasks=1, or use hydra/launcher=slurm without srun"
        )


def _refuse_tasks(trainer: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    devices = str(trainer.get("devices", 1))
    tasks = _first(TASKS, environment)
    if tasks is not None and tasks[1] > 1:
        option = f" --cpus-per-task={devices}" if devices.isdecimal() and devices != "1" else ""
        raise InputError(
            f"{tasks[0]}: {tasks[1]} tasks would each train the whole run, which starts its "
            f"trainer.devices={devices} ranks itself; start one with srun --ntasks=1{option}"
        )
    cores = _first(CORES, environment)
    on_cores = trainer.get("accelerator") == "cpu" and devices.isdecimal()
    if on_cores and cores is not None and cores[1] < int(devices):
        raise InputError(
            f"trainer.devices: {devices} processes exceed {cores[0]}={cores[1]}; allowed: 1 to "
            f"{cores[1]}; for {devices}, use srun --cpus-per-task={devices}"
        )


def _first(names: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, int] | None:
    for name in names:
        value = environment.get(name, "")
        if value.isdecimal():
            return name, int(value)
    return None
