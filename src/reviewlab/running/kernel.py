"""Decide which kernel the recurrent layers of a run use, on this machine."""

import logging
import platform

import torch

from reviewlab.config.experiment import Experiment
from reviewlab.config.preflight import computes_on_cpu
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.kernels import Choice, is_available, kernel_of, use_kernel
from reviewlab.runs.folder import RunFolder

log = logging.getLogger(__name__)


def settle_kernel(
    experiment: Experiment, classifier: ReviewClassifier, folder: RunFolder
) -> Choice | None:
    """Choose the kernel for this machine, or the one that a resumed run began with, and set it.

    Args:
        experiment: the experiment of the run.
        classifier: the model, changed in place.
        folder: the run folder; the run is resumed if it contains a `last.ckpt`.

    Returns:
        The kernel that runs; None for a model without recurrent layers.
    """
    kernel = kernel_of(classifier)
    if kernel is None:
        return None
    if not computes_on_cpu(experiment):
        kernel = Choice("torch")
    elif folder.last_checkpoint.exists():
        kernel = _resumed(folder)
    elif experiment.model.value("kernel") == "auto":
        _mention_missing_library()
        # The compiled kernel uses one thread, and was measured against torch's layers on one.
        kernel = kernel if experiment.threads == 1 else Choice("torch")
    use_kernel(classifier, kernel)
    return kernel


def _resumed(folder: RunFolder) -> Choice:
    """Return the kernel that a run began with, or torch's layers if it is missing here."""
    checkpoint = torch.load(folder.last_checkpoint, "cpu", weights_only=True, mmap=True)
    kernel = Choice.resumed(checkpoint.get("kernel"))
    if kernel.began:
        log.warning(
            "This run began with the kernel %s, which is missing here; it continues with torch's "
            "layers, so its result will be the same up to rounding, but not bit for bit",
            kernel.began,
        )
    return kernel


def _mention_missing_library() -> None:
    """Log that the compiled kernel is not installed, which makes training slower."""
    if platform.machine() == "x86_64" and not is_available():
        log.info(
            "The compiled recurrent kernel is not installed (it needs a C compiler); torch's "
            "layers are used instead, which are slower on a CPU"
        )
