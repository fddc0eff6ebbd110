"""Count the batches and reviews that a trainer's limits leave; refuse limits that leave none."""

import math
from typing import Any

import pytorch_lightning as pl

from reviewlab.callbacks.checkpoints import time_is_up
from reviewlab.exceptions import InputError


def count_used(batches: int, limit: float) -> int:
    """Return how many of the `batches` are used; `limit` is a number if int, a share if float."""
    return min(batches, limit) if isinstance(limit, int) else int(batches * limit)


def batches_an_epoch(trainer: pl.Trainer, batches: int) -> int:
    """Return how many of an epoch's `batches` the trainer uses."""
    return count_used(batches, trainer.limit_train_batches)


def reviews_an_epoch(trainer: pl.Trainer, loader: Any) -> int:
    """Count the reviews in the batches that the trainer uses in an epoch."""
    batches = batches_an_epoch(trainer, len(loader))
    return len(loader.corpus) if batches == len(loader) else batches * int(loader.batch_size)


def reviews_seen(trainer: pl.Trainer, loader: Any) -> int:
    """Count the reviews read in training, including those read before a run was resumed."""
    batches = trainer.fit_loop.total_batch_idx + 1
    epochs, more = divmod(batches, batches_an_epoch(trainer, len(loader)))
    begun: int = more * loader.batch_size
    return epochs * reviews_an_epoch(trainer, loader) + begun


def total_steps(trainer: pl.Trainer, batches: int) -> float:
    """Return the maximum number of optimizer steps in the training.

    Lightning's own estimate would set up the loader before the checkpoint is read, so that a run
    resumed within an epoch would begin that epoch again.

    Args:
        trainer: the trainer, which has the limits.
        batches: number of batches in a whole epoch.

    Returns:
        The number of steps; infinite if only time ends the training.
    """
    an_epoch = math.ceil(batches_an_epoch(trainer, batches) / trainer.accumulate_grad_batches)
    epochs = math.inf if trainer.max_epochs in (None, -1) else trainer.max_epochs
    return min(an_epoch * epochs, math.inf if trainer.max_steps == -1 else trainer.max_steps)


def refuse_empty_splits(trainer: pl.Trainer, data: pl.LightningDataModule, test: bool) -> None:
    """Refuse limits that leave nothing to do; Lightning would do nothing or fail late.

    Args:
        trainer: the trainer, which limits time and batches.
        data: the splits to train, validate and test on.
        test: True if the run also measures the test split.

    Raises:
        InputError: no time or no batch is left for training or, with `test`, for testing.
    """
    if test and not data.test_dataloader():
        other = "data.test above 0" if hasattr(data, "test") else "a data.source with a test split"
        raise InputError(
            f"test: true is not allowed without reviews to test on; allowed: false, or {other}"
        )
    if time_is_up(trainer):
        raise InputError("trainer.max_time: leaves no time to train; give more than 00:00:00:00")
    _refuse_no_batch("train", trainer.limit_train_batches, len(data.train_dataloader()))
    if trainer.limit_val_batches:
        _refuse_no_batch("val", trainer.limit_val_batches, len(data.val_dataloader()))
    if test:
        _refuse_no_batch("test", trainer.limit_test_batches, len(data.test_dataloader()))


def _refuse_no_batch(split: str, limit: float, batches: int) -> None:
    if not count_used(batches, limit):
        raise InputError(
            f"trainer.limit_{split}_batches: {limit} leaves no batch (of {batches}); allowed: a "
            "number of batches, or a share that amounts to at least one"
        )
