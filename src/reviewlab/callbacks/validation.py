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

    The file contains the probabilities from which the epoch's metrics were computed. It is written
    before the epoch is saved: a run that is killed in between repeats the epoch and writes the
    file again.

    It is a `Checkpoint` only so that it is called last; list it between `Curves` and `Checkpoints`.

    Args:
        curves: the run's history, which determines the best epoch.
        shared: folder for files shared by all runs on the same split; None for the run's folder.
    """

    def __init__(self, curves: Curves, shared: Path | None = None) -> None:
        self._curves = curves
        self._shared = shared
        self._batches: list[Tensor] | None = None

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Copy the epoch's probabilities before the model discards them."""
        if not trainer.sanity_checking:
            self._batches = [part.half() for part in pl_module.metrics_of("val").probabilities()]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the probabilities if this epoch is the best so far."""
        batches, self._batches = self._batches, None
        is_best = self._curves.best_epoch == len(self._curves.epochs) - 1
        if batches is None or not is_best:
            return
        ranks = of_all_ranks([part.cpu() for part in batches], trainer.world_size)
        if trainer.is_global_zero:
            probabilities = in_order(ranks).numpy()
            corpus = trainer.datamodule.corpus("validation")  # type: ignore[attr-defined]
            reviews = ValidationReviews(corpus.labels, corpus.places, corpus.groups, corpus.texts)
            epoch = int(self._curves.epochs[-1]["epoch"])
            validation = Validation(epoch, probabilities, reviews.first(len(probabilities)))
            write_validation(Path(trainer.default_root_dir), validation, self._shared)


def in_order(ranks: list[list[Tensor]]) -> Tensor:
    """Join the values that each rank has computed for a split, in the order of the split's reviews.

    Args:
        ranks: for each rank, its part of every batch; the first rank has a batch's first reviews.
    """
    return torch.cat([part for batch in zip(*ranks, strict=True) for part in batch])
