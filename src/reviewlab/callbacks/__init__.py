"""Callbacks that watch training: checkpoints, curves, signals, progress, early stopping."""

from reviewlab.callbacks.checkpoints import Checkpoints
from reviewlab.callbacks.curves import Curves, Plateau
from reviewlab.callbacks.heartbeat import Heartbeat
from reviewlab.callbacks.hyperparameter_row import HyperparameterRow
from reviewlab.callbacks.interruption import Interrupted, Interruption
from reviewlab.callbacks.progress import EpochLines
from reviewlab.callbacks.pruning import Pruning, StopRule, never_stop
from reviewlab.callbacks.validation import KeptValidation

__all__ = [
    "Checkpoints",
    "Curves",
    "EpochLines",
    "Heartbeat",
    "HyperparameterRow",
    "Interrupted",
    "Interruption",
    "KeptValidation",
    "Plateau",
    "Pruning",
    "StopRule",
    "never_stop",
]
