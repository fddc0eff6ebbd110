"""The part of its data that a trainer takes, and the refusal to train on nothing."""

import math
from typing import Any

import pytorch_lightning as pl

from reviewlab.callbacks.checkpoints import time_is_up
from reviewlab.exceptions import InputError


def taken(batches: int, limit: float) -> int:
    """Count those of `batches` that are taken; a `limit` that is no whole number is a share."""
    return min(batches, limit) if isinstance(limit, int) else int(batches * limit)


def batches_an_epoch(trainer: pl.Trainer, batches: int) -> int:
    """Count the batches that the trainer takes of an epoch of `batches`."""
    return taken(batches, trainer.limit_train_batches)


def reviews_an_epoch(trainer: pl.Trainer, loader: Any) -> int:
    """Count the reviews in the batches that the trainer takes of an epoch."""
    batches = batches_an_epoch(trainer, len(loader))
    return len(loader.corpus) if batches == len(loader) else batches * int(loader.batch_size)


def reviews_seen(trainer: pl.Trainer, loader: Any) -> int:
    """Count the reviews that the training has read, those before it was resumed included."""
    batches = trainer.fit_loop.total_batch_idx + 1
    epochs, more = divmod(batches, batches_an_epoch(trainer, len(loader)))
    begun: int = more * loader.batch_size
    return epochs * reviews_an_epoch(trainer, loader) + begun


def total_steps(trainer: pl.Trainer, batches: int) -> float:
    """Count the optimizer steps that the training takes at most.

    Lightning's own estimate sets up the loader before the checkpoint is read, and a run resumed
    within an epoch would begin that epoch again.

    Args:
        trainer: what limits the training.
        batches: the number in a whole epoch.

    Returns:
        The steps; infinite when nothing but time ends the training.
    """
    an_epoch = math.ceil(batches_an_epoch(trainer, batches) / trainer.accumulate_grad_batches)
    epochs = math.inf if trainer.max_epochs in (None, -1) else trainer.max_epochs
    return min(an_epoch * epochs, math.inf if trainer.max_steps == -1 else trainer.max_steps)


def refuse_nothing(trainer: pl.Trainer, data: pl.LightningDataModule, test: bool) -> None:
    """Refuse what Lightning would skip, or stumble over only when it comes to it.

    Args:
        trainer: with its limits of time and batches.
        data: what it is to be trained on.
        test: whether it is to be tested as well.

    Raises:
        InputError: no time or no batch is left to train on, or, with `test`, to test on.
    """
    if test and not data.test_dataloader():
        other = "data.test above 0" if hasattr(data, "test") else "a data.source with a test split"
        raise InputError(
            f"test: true is not allowed without reviews to test on; allowed: false, or {other}"
        )
    if time_is_up(trainer):
        raise InputError("trainer.max_time: leaves no time to train; allowed: above 00:00:00:00")
    _refuse_no_batch("train", trainer.limit_train_batches, len(data.train_dataloader()))
    if trainer.limit_val_batches:
        _refuse_no_batch("val", trainer.limit_val_batches, len(data.val_dataloader()))
    if test:
        _refuse_no_batch("test", trainer.limit_test_batches, len(data.test_dataloader()))


def _refuse_no_batch(split: str, limit: float, batches: int) -> None:
    if not taken(batches, limit):
        raise InputError(
            f"trainer.limit_{split}_batches: {limit} of {batches} batches is none; allowed: a "
            "number of batches, or a share that comes to one"
        )
