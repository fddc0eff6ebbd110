"""The root of a training's config: which keys there are, and what each group makes."""

from dataclasses import dataclass
from typing import Annotated, Literal

import pytorch_lightning as pl
from pydantic import StringConstraints
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import Logger
from torch.optim import Optimizer

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import NonNegativeInt, Threads
from reviewlab.training.schedulers import Schedule


@dataclass
class Experiment:
    """One training.

    seed: of initialisation, shuffling and dropout; the split has `data.split_seed`.
    monitor, mode: which validation metric chooses the best epoch, and whether small is good.
    test: measure the best epoch on the test split as well.
    threads: of one process; small models are slower on more.
    name: of the run's folder, behind the time; null names what was set on the command line.
    outputs: the folder of all runs.
    """

    data: ReviewDataModule
    model: ReviewClassifier
    loss: Objective
    optimizer: Optimizer
    scheduler: Schedule
    trainer: pl.Trainer
    callbacks: dict[str, Callback | None]
    logger: Logger
    seed: NonNegativeInt
    monitor: str
    mode: Literal["min", "max"]
    test: bool
    threads: Threads
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")] | None
    outputs: str
