"""The figures that a finished training leaves: plain values for `result.json`."""

import math
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from reviewlab.callbacks import Curves
from reviewlab.models.classifier import ReviewClassifier


@dataclass
class TrainingResult:
    """The outcome of one training, in plain values.

    Args:
        best_epoch: that `monitor` chose, from 0; None where no epoch was finished.
        best: metrics at that epoch, by name with the split before it.
        last: those of the last epoch.
        curves: those of every epoch.
        parameters: how many numbers the classifier has learned.
        seconds: by phase.
        reviews_per_second: in training, validation aside.
        peak_memory: bytes of the process at its largest, and of the GPU where there is one.
        flags: `collapsed` when the best epoch predicted a single class of the held-out reviews (of
            the training reviews where none were held out); `diverged` when a loss was not finite.
        stopped_early: why early stopping ended the training; None where it did not.
        pruned: why the run was stopped before its end; None where it was not.
        test: metrics of the best epoch on the test split; None where they were not measured.
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

    def as_json(self) -> dict[str, Any]:
        """Return what `result.json` holds of it; why a run was pruned is in its status."""
        left_out = {"pruned"} if self.test is not None else {"pruned", "test"}
        return {name: value for name, value in vars(self).items() if name not in left_out}


def summarise(classifier: ReviewClassifier, curves: Curves, reviews: int) -> TrainingResult:
    """Summarise a training: at its best epoch, at its last, and all along.

    Args:
        classifier: as it is after the last step.
        curves: of all epochs.
        reviews: how many were trained on, all epochs together.
    """
    best_epoch = curves.best_epoch
    best = {} if best_epoch is None else curves.epochs[best_epoch]
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
    )


def peak_memory() -> dict[str, int]:
    """The most memory held at once so far, in bytes: `process`, and `device` on a GPU."""
    peak = {"process": _peak_of_process()}
    # asking more would wake a GPU for a run on the CPU
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        peak["device"] = torch.cuda.max_memory_allocated()
    return peak


def _peak_of_process() -> int:
    """Linux counts what a parent held as its child's own in `ru_maxrss`, but not here."""
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
    losses = (v for epoch in curves.epochs for name, v in epoch.items() if name.endswith("loss"))
    if not all(math.isfinite(loss) for loss in losses):
        flags.append("diverged")
    if best.get(f"{split}/predicted_classes") == 1:  # last, as it is told in the last line
        flags.append("collapsed")
    return flags
