"""Write a run's predictions for its validation reviews if the run has not saved them."""

import sys
from pathlib import Path

from torch import Tensor

from reviewlab.console.text import readable_path
from reviewlab.evaluation.checkpoint import OpenCheckpoint
from reviewlab.evaluation.test_uses import find_run, is_best
from reviewlab.exceptions import InputError
from reviewlab.runs.folder import is_ensemble
from reviewlab.runs.result import read_result
from reviewlab.runs.validation import (
    PROBABILITIES,
    Validation,
    ValidationReviews,
    read_validation,
    write_validation,
)


def keep_answers(checkpoint: Path, opened: OpenCheckpoint, probabilities: Tensor) -> None:
    """Save a run's predictions for its validation reviews, unless they are already saved.

    The file is `validation.npz`; runs of earlier versions lack it.

    Args:
        checkpoint: the opened file; nothing is written unless it is its run's best checkpoint.
        opened: the classifier and data; nothing is written unless both are as in training.
        probabilities: `[examples, classes]`, those of the validation split in its order.
    """
    _, data, _, as_trained = opened
    folder = find_run(checkpoint, data.fingerprint())
    if folder is None or not as_trained or not is_best(checkpoint, folder) or is_ensemble(folder):
        return
    epoch = read_result(folder).get("best", {}).get("epoch")
    if epoch is None or _has_kept(folder, epoch):
        return
    corpus = data.corpus("validation")
    reviews = ValidationReviews(corpus.labels, corpus.places, corpus.groups, corpus.texts)
    write_validation(folder, Validation(epoch, probabilities.half().cpu().numpy(), reviews))
    sys.stderr.write(f"saved: {readable_path(folder / PROBABILITIES)}\n")


def _has_kept(folder: Path, epoch: int) -> bool:
    try:
        return read_validation(folder).epoch == epoch
    except InputError:
        return False
