"""Keep what the best epoch says to the validation reviews, for ensembles of runs."""

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

    The probabilities are those that the epoch's metrics were measured on; nothing is computed a
    second time. They are written before the epoch is saved: a run that is killed between the two
    goes on from before the epoch, and writes the same again.

    A `Checkpoint` by type only, as `Curves` is; it has to stand between them and `Checkpoints`.

    Args:
        curves: know which epoch is the best.
        shared: a folder for what runs of one split share; None for the run's own.
    """

    def __init__(self, curves: Curves, shared: Path | None = None) -> None:
        self._curves = curves
        self._shared = shared
        self._batches: list[Tensor] | None = None

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Take the probabilities before the model forgets them."""
        if not trainer.sanity_checking:
            self._batches = [part.half() for part in pl_module.probabilities_so_far("val")]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write them, if there is no better epoch."""
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
    """Join the parts of a split that each rank has seen, in the order of its reviews.

    Args:
        ranks: by rank its share of every batch; the first rank has the first reviews of each.
    """
    return torch.cat([part for batch in zip(*ranks, strict=True) for part in batch])
