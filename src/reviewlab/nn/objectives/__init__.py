"""Objectives: the loss that trains a classifier, and the loss by which runs are compared.

The training loss may be smoothed and weighted; `loss` never is, so that runs can be ranked by it.
Every loss is a plain mean over the batch: the batch losses, weighted by batch size, average exactly
to the loss of the whole data set.
"""

from reviewlab.nn.objectives.cross_entropy import BCE, CrossEntropy
from reviewlab.nn.objectives.decision import Decision, decide
from reviewlab.nn.objectives.mse import MSE
from reviewlab.nn.objectives.objective import Arguments, Objective
from reviewlab.nn.objectives.ordinal import Ordinal

__all__ = ["BCE", "MSE", "Arguments", "CrossEntropy", "Decision", "Objective", "Ordinal", "decide"]
