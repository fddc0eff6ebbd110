"""How much of a split the trainer's limits leave, and that it is not nothing."""

import pytorch_lightning as pl

from reviewlab.callbacks.checkpoints import time_is_up
from reviewlab.exceptions import InputError


def taken(batches: int, limit: float) -> int:
    """How many of `batches` are taken; `limit` is a number of them if it is whole, else a share."""
    return min(batches, limit) if isinstance(limit, int) else int(batches * limit)


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
