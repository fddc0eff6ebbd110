"""Explain in words why early stopping ended the training."""

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping
from pytorch_lightning.callbacks.early_stopping import EarlyStoppingReason

from reviewlab.console.text import count_of


def explain_early_stop(trainer: pl.Trainer, epochs: int, diverged: bool = False) -> str | None:
    """Explain why training ended early; return None if it did not, or was pruned.

    A decision to stop in the last allowed epoch counts too: training would have ended at the same
    point even if more epochs were allowed.

    Args:
        trainer: the trainer, after training.
        epochs: number of epochs trained.
        diverged: True if a loss was not finite in the last epoch, which ends any training.
    """
    if diverged:
        return f"stopped early after epoch {epochs}{_of_limit(trainer)}: a loss was not finite"
    if epochs < (trainer.fit_loop.min_epochs or 0):
        return None
    for stopping in trainer.early_stopping_callbacks:
        if stopping.stopping_reason is not EarlyStoppingReason.NOT_STOPPED:
            return f"stopped early after epoch {epochs}{_of_limit(trainer)}: {_reason(stopping)}"
    return None


def _of_limit(trainer: pl.Trainer) -> str:
    limit = trainer.max_epochs
    return "" if limit is None or limit < 0 else f" of {limit}"


def _reason(stopping: EarlyStopping) -> str:
    metric = stopping.monitor
    match stopping.stopping_reason:
        case EarlyStoppingReason.NON_FINITE_METRIC:
            return f"{metric} was not finite"
        case EarlyStoppingReason.STOPPING_THRESHOLD:
            return f"{metric} reached {stopping.stopping_threshold:g}"
        case EarlyStoppingReason.DIVERGENCE_THRESHOLD:
            return f"{metric} went beyond {stopping.divergence_threshold:g}"
    least = abs(stopping.min_delta)
    gain = f"improved by less than {least:g}" if least else "did not improve"
    return f"{metric} {gain} in {count_of(max(stopping.patience, 1), 'epoch')}"
