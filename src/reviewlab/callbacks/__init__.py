"""What watches a run and what it leaves behind."""

from reviewlab.callbacks.checkpoints import Checkpoints
from reviewlab.callbacks.curves import Curves
from reviewlab.callbacks.hyperparameter_row import HyperparameterRow
from reviewlab.callbacks.interruption import Interrupted, Interruption
from reviewlab.callbacks.plateau import Plateau
from reviewlab.callbacks.progress import EpochLines
from reviewlab.callbacks.pruning import Pruning, Verdict

__all__ = [
    "Checkpoints",
    "Curves",
    "EpochLines",
    "HyperparameterRow",
    "Interrupted",
    "Interruption",
    "Plateau",
    "Pruning",
    "Verdict",
]
