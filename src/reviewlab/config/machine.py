"""The machine for which an experiment is checked."""

from enum import Enum

GPUS = ("cuda", "gpu")
"""Values of `trainer.accelerator` that require a GPU."""


class Machine(Enum):
    """The machine on which an experiment will run: the one that checks it, or another."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
