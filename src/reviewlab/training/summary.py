"""The results of a finished training, as plain values for `result.json`."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from reviewlab.callbacks import Curves
from reviewlab.callbacks.curves import has_finite_losses
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.kernels import kernel_of


@dataclass
class TrainingResult:
    """The result of one training, as plain values.

    Args:
        best_epoch: the epoch that `monitor` selected, from 0; None if no epoch was finished.
        best: metrics of the best epoch; each name begins with the split, as in `val/loss`.
        last: metrics of the last epoch.
        curves: metrics of every epoch.
        parameters: number of the classifier's parameters.
        seconds: duration of each phase.
        reviews_per_second: speed of training, without validation.
        peak_memory: peak bytes of the process, and of the GPU if one was used.
        flags: `collapsed` if the best epoch predicted a single class for all held-out reviews (or
            training reviews, if none were held out); `diverged` if a loss was not finite.
        stopped_early: the reason why early stopping ended the training; None if it did not.
        pruned: the reason why a stop rule ended the run early; None if it did not.
        test: metrics of the best epoch on the test split; None if they were not measured.
        kernel: implementation of the recurrent layers, `compiled` or `torch`; None without them.
        kernel_before: the implementation that a resumed run began with, if it had to change: the
            result then equals that of an uninterrupted run only up to rounding.
    """

    best_epoch: int | None
    best: dict[str, float]
    last: dict[str, float]
    curves: list[dict[str, float]]
    parameters: int
    seconds: dict[str, float]
    reviews_per_second: float
    peak_memory: dict[str, int]
    flags: list[str]
    stopped_early: str | None = None
    pruned: str | None = None
    test: dict[str, float] | None = None
    kernel: str | None = None
    kernel_before: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the content of `result.json`, without `pruned`, which is in the run's status."""
        optional = ("test", "kernel", "kernel_before")
        left_out = {"pruned", *(name for name in optional if getattr(self, name) is None)}
        return {name: value for name, value in vars(self).items() if name not in left_out}


def summarise(classifier: ReviewClassifier, curves: Curves, reviews: int) -> TrainingResult:
    """Summarise a training: its best epoch, its last epoch, and the metrics of all epochs.

    Args:
        classifier: the classifier after the last step.
        curves: the metrics and times of all epochs.
        reviews: number of reviews read in training, over all epochs.
    """
    best_epoch = curves.best_epoch
    best = {} if best_epoch is None else curves.epochs[best_epoch]
    kernel = kernel_of(classifier)
    return TrainingResult(
        best_epoch=best_epoch,
        best=best,
        last=curves.epochs[-1] if curves.epochs else {},
        curves=curves.epochs,
        parameters=sum(parameter.numel() for parameter in classifier.parameters()),
        seconds={"train": curves.train_seconds, "validation": curves.validation_seconds},
        reviews_per_second=reviews / max(curves.train_seconds, 1e-9),
        peak_memory=peak_memory(),
        flags=_flags(curves, best),
        kernel=kernel.kind if kernel else None,
        kernel_before=(kernel.began or None) if kernel else None,
    )


def peak_memory() -> dict[str, int]:
    """Return the peak memory so far, in bytes: `process`, and `device` on a GPU."""
    peak = {"process": _process_peak()}
    # Any other call would initialise a GPU for a run on the CPU.
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        peak["device"] = torch.cuda.max_memory_allocated()
    return peak


def _process_peak() -> int:
    """Return peak memory: VmHWM if it exists, since Linux's `ru_maxrss` counts the parent too."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def _flags(curves: Curves, best: dict[str, float]) -> list[str]:
    flags = []
    split = "val" if "val/predicted_classes" in best else "train"
    if not all(map(has_finite_losses, curves.epochs)):
        flags.append("diverged")
    if best.get(f"{split}/predicted_classes") == 1:  # last: it is printed in the last line
        flags.append("collapsed")
    return flags
