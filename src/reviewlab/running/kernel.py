"""Decide which kernel the recurrent layers of a run use, on this machine."""

import logging
import platform

import torch
from torch import nn

from reviewlab.config.experiment import Experiment
from reviewlab.config.preflight import computes_on_cpu, runs_on_cpu
from reviewlab.exceptions import InputError, short_repr
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.loading import read_checkpoint
from reviewlab.nn.kernels import Choice, is_available, kernel_of, use_kernel
from reviewlab.runs.folder import RunFolder

log = logging.getLogger(__name__)


def settle_kernel(
    experiment: Experiment, classifier: ReviewClassifier, folder: RunFolder
) -> Choice | None:
    """Choose the implementation of the recurrent layers, and make the classifier use it.

    A resumed run keeps the implementation that it began with, if this machine has it.

    Args:
        experiment: the experiment of the run.
        classifier: the model, changed in place.
        folder: the run folder; the run is resumed if it contains a `last.ckpt`.

    Returns:
        The chosen implementation; None for a model without recurrent layers.

    Raises:
        InputError: this processor cannot compute an LSTM in half precision.
    """
    kernel = kernel_of(classifier)
    if kernel is None:
        return None
    if not computes_on_cpu(experiment):
        _refuse_half_precision(experiment, classifier)
        kernel = Choice("torch")
    elif folder.last_checkpoint.exists():
        kernel = _resumed(folder)
    elif experiment.model.value("kernel") == "auto":
        _mention_missing_library()
        # The compiled kernel uses one thread, and was measured against torch's layers on one.
        kernel = kernel if experiment.threads == 1 else Choice("torch")
    use_kernel(classifier, kernel)
    return kernel


def _refuse_half_precision(experiment: Experiment, classifier: ReviewClassifier) -> None:
    """Refuse an LSTM in half precision where torch has none: on a CPU without AVX-512."""
    has_lstm = any(isinstance(part, nn.LSTM) for part in classifier.modules())
    if not has_lstm or not runs_on_cpu(experiment.trainer):
        return
    try:
        with torch.autocast("cpu", torch.bfloat16):
            nn.LSTM(1, 1)(torch.zeros(1, 1, 1))
    except RuntimeError:
        precision = experiment.trainer.value("precision")
        raise InputError(
            f"trainer.precision: {precision!r} is not possible for an LSTM on this processor, which"
            " has no AVX-512; allowed: 32-true, 64-true, or another model"
        ) from None


def _resumed(folder: RunFolder) -> Choice:
    """Return the recurrent kernel that a run began with; the best here if this machine lacks it."""
    record = read_checkpoint(folder.last_checkpoint).get("kernel")
    try:
        kernel = Choice.resumed(record)
    except TypeError:
        raise InputError(
            f"resume: {str(folder.last_checkpoint)!r} names a kernel that no run records: "
            f"{short_repr(record)}"
        ) from None
    if kernel.began:
        log.warning(
            "This run began with the recurrent kernel %s, which is not available on this machine; "
            "it continues with %s, so its result will be the same up to rounding, but not bit for "
            "bit",
            kernel.began,
            "torch's recurrent layers" if kernel.kind == "torch" else kernel,
        )
    return kernel


def _mention_missing_library() -> None:
    """Log that the compiled kernel is not installed, which makes training slower."""
    if platform.machine() == "x86_64" and not is_available():
        log.info(
            "The compiled recurrent kernel is not installed (it needs a C compiler); torch's "
            "layers are used instead, which are slower on a CPU"
        )
