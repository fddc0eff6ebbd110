"""How much of its data a trainer takes, and that it is not nothing."""

import math
from typing import Any

import pytorch_lightning as pl

from reviewlab.callbacks.checkpoints import time_is_up
from reviewlab.exceptions import InputError


def taken(batches: int, limit: float) -> int:
    """How many of `batches` are taken; `limit` is a number of them if it is whole, else a share."""
    return min(batches, limit) if isinstance(limit, int) else int(batches * limit)


def batches_an_epoch(trainer: pl.Trainer, batches: int) -> int:
    """How many of an epoch's batches the trainer takes."""
    return taken(batches, trainer.limit_train_batches)


def reviews_an_epoch(trainer: pl.Trainer, loader: Any) -> int:
    """How many reviews are in the batches that the trainer takes of an epoch."""
    batches = batches_an_epoch(trainer, len(loader))
    return len(loader.corpus) if batches == len(loader) else batches * int(loader.batch_size)


def reviews_seen(trainer: pl.Trainer, loader: Any) -> int:
    """How many reviews the training has read, those before it was resumed included."""
    batches = trainer.fit_loop.total_batch_idx + 1
    epochs, more = divmod(batches, batches_an_epoch(trainer, len(loader)))
    begun: int = more * loader.batch_size
    return epochs * reviews_an_epoch(trainer, loader) + begun


def total_steps(trainer: pl.Trainer, batches: int) -> float:
    """How many optimizer steps the training takes at most; infinite when nothing but time ends it.

    batches: of a whole epoch. Lightning's own estimate sets up the loader before the checkpoint is
    read, and a run resumed within an epoch would begin that epoch anew.
    """
    an_epoch = math.ceil(batches_an_epoch(trainer, batches) / trainer.accumulate_grad_batches)
    epochs = math.inf if trainer.max_epochs in (None, -1) else trainer.max_epochs
    return min(an_epoch * epochs, math.inf if trainer.max_steps == -1 else trainer.max_steps)


def refuse_nothing(trainer: pl.Trainer, data: pl.LightningDataModule, test: bool) -> None:
    """Refuse what Lightning would skip, or stumble over only when it comes to it.

    Raises: InputError when no time or no batch is left to train on, or, with `test`, to test on.
    """
    if test and not data.test_dataloader():
        raise InputError(
            "test: true is not allowed without reviews to test on; allowed: false, or data.test "
            "above 0"
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
