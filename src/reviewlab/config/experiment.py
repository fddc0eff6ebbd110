"""The config of one training: its keys and the type of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import pytorch_lightning as pl
from pydantic import StringConstraints
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import Logger
from torch.optim import Optimizer

from reviewlab.config.part import Part, as_config
from reviewlab.config.signatures import read_parts
from reviewlab.data.module import DataModule
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import NonNegativeInt, Threads
from reviewlab.training.schedulers import Schedule

RunName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


@dataclass(frozen=True)
class Experiment:
    """The checked settings of one training run, whose model and other objects are not yet built.

    Args:
        seed: random seed for initialisation, shuffling and dropout; `data.split_seed` seeds the
            split.
        monitor: the validation metric that selects the best epoch.
        mode: `max` if higher values of the metric are better, else `min`.
        test: whether to measure the best epoch on the test split as well.
        threads: number of CPU threads of one process; small models are slower with more.
        callbacks: the callbacks, by name; None switches one off.
        name: the part of the run folder's name after the time; None for a list of the overrides.
        outputs: the folder in which run folders and sweeps are created.
        data: the source of the examples, and how they are split and batched.
        model: the classifier.
        loss: the objective that training minimises.
        optimizer: the optimizer, called with the model's parameters.
        scheduler: the learning-rate schedule, called with the optimizer and `total_steps`.
        trainer: Lightning's trainer, called with the callbacks, the logger and the run's other
            objects.
        logger: one logger, or several by name, called with the run folder; None for no logger.
    """

    seed: NonNegativeInt
    monitor: str
    mode: Literal["min", "max"]
    test: bool
    threads: Threads
    callbacks: dict[str, Part[Callback] | None]
    name: RunName | None
    outputs: str
    data: Part[DataModule]
    model: Part[ReviewClassifier]
    loss: Part[Objective]
    optimizer: Part[Optimizer]
    scheduler: Part[Schedule | None]
    trainer: Part[pl.Trainer]
    logger: Part[Logger] | dict[str, Part[Logger]] | None

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return the experiment that a run's `config.yaml` describes, without checking it again."""
        return cls(**read_parts(dict(config)))

    def as_config(self) -> dict[str, Any]:
        """Return the resolved config, as `config.yaml` and checkpoints store it."""
        config: dict[str, Any] = as_config(self)
        return config

    @property
    def loggers(self) -> dict[str, Part[Logger]]:
        """A mapping from each logger's key in the config to the logger."""
        if isinstance(self.logger, Part):
            return {"logger": self.logger}
        return {f"logger.{name}": part for name, part in (self.logger or {}).items()}

    @property
    def validates(self) -> bool:
        """True if epochs are measured on a validation split."""
        limit = self.trainer.value("limit_val_batches")
        held_out = self.data.value("folds") or self.data.value("validation", 1)
        return bool(held_out) and limit not in (0, 0.0)
