"""The machine for which an experiment is checked."""

from enum import Enum

GPUS = ("cuda", "gpu")
"""Values of `trainer.accelerator` that require a GPU."""


class Machine(Enum):
    """The place where an experiment will run: the machine that checks it, or another one."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
