"""Store the best epoch's predictions on the validation reviews, for ensembles of runs."""

from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor

from reviewlab.callbacks.curves import Curves
from reviewlab.nn.ranks import of_all_ranks
from reviewlab.runs.validation import Validation, ValidationReviews, write_validation


class KeptValidation(Checkpoint):
    """Writes `validation.npz` when the epoch is the best so far.

    The probabilities are those from which the epoch's metrics were computed; nothing is computed
    twice. They are written before the epoch is saved: a run that is killed in between resumes from
    before the epoch and writes them again.

    It is a `Checkpoint` in type only, and has to be listed between `Curves` and `Checkpoints`.

    Args:
        curves: tells which epoch is the best.
        shared: a folder for files that runs on one split share; None to use the run's own.
    """

    def __init__(self, curves: Curves, shared: Path | None = None) -> None:
        self._curves = curves
        self._shared = shared
        self._batches: list[Tensor] | None = None

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Take the probabilities before the model discards them."""
        if not trainer.sanity_checking:
            self._batches = [part.half() for part in pl_module.probabilities_so_far("val")]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write them if this epoch is the best so far."""
        batches, self._batches = self._batches, None
        is_best = self._curves.best_epoch == len(self._curves.epochs) - 1
        if batches is None or not is_best:
            return
        ranks = of_all_ranks([part.cpu() for part in batches], trainer.world_size)
        if trainer.is_global_zero:
            probabilities = in_order(ranks).numpy()
            corpus = trainer.datamodule.corpus("validation")  # type: ignore[attr-defined]
            reviews = ValidationReviews(corpus.labels, corpus.places, corpus.groups)
            epoch = int(self._curves.epochs[-1]["epoch"])
            validation = Validation(epoch, probabilities, reviews.first(len(probabilities)))
            write_validation(Path(trainer.default_root_dir), validation, self._shared)


def in_order(ranks: list[list[Tensor]]) -> Tensor:
    """Join the parts of a split that the ranks have seen, in the order of its reviews.

    Args:
        ranks: for each rank its part of every batch, with the first reviews at the first rank.
    """
    return torch.cat([part for batch in zip(*ranks, strict=True) for part in batch])
