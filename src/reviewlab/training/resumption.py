"""The refusal of a checkpoint that training cannot continue from."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning import Callback

from reviewlab.callbacks import Interruption
from reviewlab.exceptions import InputError, first_line


@contextmanager
def refuse_unusable(
    checkpoint: Path | None, trainer: pl.Trainer, interruption: Interruption
) -> Iterator[None]:
    """Refuse a checkpoint with whose state training fails.

    This is so if it fails before it has made a step, or later in the first epoch if what fails is
    an object whose state was in the checkpoint: some states are only used when an epoch ends.

    Args:
        checkpoint: the checkpoint that training continues from; None if it begins.
        trainer: the trainer.
        interruption: the callback that notices steps and epochs.

    Raises:
        InputError: a part of its state is missing or damaged, such as an optimizer's.
    """
    try:
        yield
    except (InputError, OSError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        if checkpoint is None:
            raise
        reason = f"{type(error).__name__}: {first_line(error)}"
        if interruption.stepped:
            restored = _find_restored(trainer, error)
            if restored is None or len(interruption.stepped) > 1:
                raise
            reason = f"{type(restored).__name__}: {reason}"
        raise InputError(
            f"resume: training cannot continue from {str(checkpoint)!r} ({reason}); delete this "
            "file to train from the beginning, or start a new run with rerun="
        ) from error


def _find_restored(trainer: pl.Trainer, error: Exception) -> object | None:
    """Return the callback or scheduler in which an error was raised, if checkpoints hold a state.

    Args:
        trainer: the trainer.
        error: the error, with its traceback.
    """
    callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]
    holders: list[object] = [c for c in callbacks if type(c).state_dict is not Callback.state_dict]
    holders += [config.scheduler for config in trainer.lr_scheduler_configs]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    owners = [frame.f_locals.get("self") for frame in reversed(frames)]
    return next((owner for owner in owners if any(owner is held for held in holders)), None)
