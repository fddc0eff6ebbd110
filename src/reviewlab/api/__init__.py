"""The Python API: train, compare, predict and explain from a program or a notebook."""

from reviewlab.api.models import Model, load
from reviewlab.api.runs import Run
from reviewlab.api.sweeps import Sweep
from reviewlab.api.training import sweep, train
from reviewlab.exceptions import InputError

__all__ = ["InputError", "Model", "Run", "Sweep", "load", "sweep", "train"]
