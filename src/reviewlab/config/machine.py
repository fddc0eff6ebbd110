"""The machine that an experiment is checked for."""

from enum import Enum

GPUS = ("cuda", "gpu")
"""Accelerators that ask for a GPU by name."""


class Machine(Enum):
    """The machine that will run an experiment, as seen from the process that checks it."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
