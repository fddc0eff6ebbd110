"""The metrics of an epoch, the same for training, validation and test."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics import Metric, MetricCollection
from torchmetrics.classification import (
    BinaryAUROC,
    BinaryAveragePrecision,
    MulticlassAccuracy,
    MulticlassCalibrationError,
    MulticlassConfusionMatrix,
    MulticlassF1Score,
    MulticlassRecall,
)
from torchmetrics.functional.classification import multiclass_confusion_matrix
from torchmetrics.regression import MeanAbsoluteError

from reviewlab.nn.objectives import Objective

CALIBRATION_BINS = 15
"""Equal-width bins of the calibration error, as in Guo et al. (2017), section 2."""


def confusion_counts(predictions: Tensor, labels: Tensor, num_classes: int) -> NDArray[np.int64]:
    """Count the reviews of each class that were taken for each.

    Args:
        predictions: int64 `[reviews]`.
        labels: int64 `[reviews]`.
        num_classes: how many classes there are.

    Returns:
        Counts `[true, predicted]`.
    """
    counts: Tensor = multiclass_confusion_matrix(predictions, labels, num_classes)
    return counts.cpu().numpy()


class WeightedMean(Metric):
    """A weighted mean over devices that is NaN when one of its values is.

    torchmetrics' `MeanMetric` drops values that are NaN; with `nan_strategy="disable"` it keeps
    them and drops the weights.
    """

    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.total: Tensor
        self.weight: Tensor
        for name in ("total", "weight"):
            self.add_state(name, torch.zeros((), dtype=torch.float64), "sum")

    def update(self, values: Tensor, weights: Tensor | int) -> None:
        """Add `values` that each weigh as much as `weights` says."""
        self.total += (values.double() * weights).sum()
        self.weight += torch.as_tensor(weights).sum()

    def compute(self) -> Tensor:
        """The mean, NaN of nothing."""
        return self.total / self.weight


class EpochMetrics:
    """Collects the outputs of an epoch and measures them at its end.

    An update only keeps references: it costs a step nothing and never waits for a GPU. (To update
    torchmetrics at every step was measured to cost a small LSTM a seventh of it.) What is kept
    until the epoch ends is `num_outputs` floats a review; torchmetrics then measures them all at
    once, and adds up over devices.

    - `loss`: the objective's hard-label loss, comparable whatever the training loss was.
    - `training_loss`: what the optimizer saw, where it was handed to `update`.
    - `accuracy`, `f1_macro`, `recall_<label>`: of the predicted classes.
    - `calibration_error` (top label, L1): of the most probable classes.
    - `mae`: the mean distance between predicted and true class, where there are more than two that
      have an order, as stars have.
    - `auroc`, `average_precision`: of two classes, how well the evidence for the second ranks the
      reviews; on held-out splits. Both are 0 where one of the classes never occurs.
    - `predicted_classes`: how many classes were predicted at least once; 1 means that the model has
      collapsed.

    Args:
        objective: reads the outputs.
        label_names: of the classes, in order.
        ordinal: the distance between two classes means something.
        held_out: measure what is of interest on held-out reviews alone.
    """

    def __init__(
        self,
        objective: Objective,
        label_names: Sequence[str],
        ordinal: bool = True,
        held_out: bool = True,
    ) -> None:
        self.objective = objective
        self.label_names = label_names
        self._outputs: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._losses: list[Tensor] = []
        num_classes = len(label_names)
        self._of_classes = MetricCollection(
            {
                "accuracy": MulticlassAccuracy(num_classes, average="micro", validate_args=False),
                "f1_macro": MulticlassF1Score(num_classes, average="macro", validate_args=False),
                "recall": MulticlassRecall(num_classes, average="none", validate_args=False),
                "confusion": MulticlassConfusionMatrix(num_classes, validate_args=False),
                **({"mae": MeanAbsoluteError()} if ordinal and num_classes > 2 else {}),
            },
            compute_groups=False,
        )
        self._calibration = MulticlassCalibrationError(
            num_classes, CALIBRATION_BINS, norm="l1", validate_args=False
        )
        self._ranking: MetricCollection | None = None
        if held_out and num_classes == 2:
            rankings = {"auroc": BinaryAUROC, "average_precision": BinaryAveragePrecision}
            self._ranking = MetricCollection(
                {name: kind(validate_args=False) for name, kind in rankings.items()},
                compute_groups=False,
            )
        self._loss = WeightedMean()
        self._training_loss = WeightedMean()

    def update(self, outputs: Tensor, labels: Tensor, training_loss: Tensor | None = None) -> None:
        """Keep a batch: outputs `[batch, num_outputs]`, labels `[batch]`, a scalar loss.

        A line search evaluates one batch at several points: the first counts, where the step began.
        """
        if self._labels and labels is self._labels[-1]:
            return
        self._outputs.append(outputs.detach())
        self._labels.append(labels)
        if training_loss is not None:
            self._losses.append(training_loss.detach())

    def so_far(self) -> tuple[Tensor, Tensor, Tensor]:
        """Predictions `[reviews]`, probabilities `[reviews, classes]` and labels kept so far."""
        outputs, labels = torch.cat(self._outputs).float(), torch.cat(self._labels)
        return self.objective.predictions(outputs), self.objective.probabilities(outputs), labels

    def probabilities(self) -> list[Tensor]:
        """Return the probabilities kept so far, `[reviews, classes]` of each batch."""
        together = self.objective.probabilities(torch.cat(self._outputs).float())
        return list(torch.split(together, [len(labels) for labels in self._labels]))

    def compute(self) -> dict[str, float]:
        """Measure everything kept since the last call, and forget it.

        A recall of a class that never occurred is 0, as in scikit-learn with `zero_division=0`.
        """
        outputs, labels = torch.cat(self._outputs).float(), torch.cat(self._labels)
        predictions = self.objective.predictions(outputs)
        values = {"loss": self._mean(self._loss, self.objective.loss(outputs, labels), len(labels))}
        if self._losses:
            sizes = torch.tensor([len(part) for part in self._labels], device=labels.device)
            losses = torch.stack(self._losses).float()
            values["training_loss"] = self._mean(self._training_loss, losses, sizes)
        self._of_classes.to(labels.device).update(predictions, labels)
        self._calibration.to(labels.device).update(self.objective.probabilities(outputs), labels)
        measured = dict(self._of_classes.compute())
        recalls, confusion = measured.pop("recall").tolist(), measured.pop("confusion")
        values |= {name: float(value) for name, value in measured.items()}
        values["predicted_classes"] = float(confusion.any(0).sum())
        values |= {f"recall_{n}": r for n, r in zip(self.label_names, recalls, strict=True)}
        values["calibration_error"] = float(self._calibration.compute())
        if self._ranking is not None:
            self._ranking.to(labels.device).update(_second_class(self.objective, outputs), labels)
            both_occur = bool(confusion.any(1).all())
            values |= _measured_ranking(self._ranking, both_occur)
        self.reset()
        return values

    def reset(self) -> None:
        """Forget everything."""
        for batches in self._collected().values():
            batches.clear()
        for metric in (self._of_classes, self._calibration, self._loss, self._training_loss):
            metric.reset()
        if self._ranking is not None:
            self._ranking.reset()

    def state(self) -> dict[str, list[Tensor]]:
        """Return what an unfinished epoch has collected, on the CPU, to go on with later."""
        return {name: [part.cpu() for part in parts] for name, parts in self._collected().items()}

    def add_state(self, state: dict[str, list[Tensor]], device: torch.device) -> None:
        """Go on from `state`, on `device`."""
        for name, parts in self._collected().items():
            parts.extend(part.to(device) for part in state[name])

    def _collected(self) -> dict[str, list[Tensor]]:
        return {"outputs": self._outputs, "labels": self._labels, "losses": self._losses}

    @staticmethod
    def _mean(metric: Metric, values: Tensor, weights: Tensor | int) -> float:
        metric.to(values.device).update(values, weights)
        return float(metric.compute())


def _second_class(objective: Objective, outputs: Tensor) -> Tensor:
    """Return the evidence for the second class between 0 and 1, in the order of the evidence.

    torchmetrics would do it by a sigmoid, in which large log odds become equal.
    """
    evidence = objective.evidence(outputs, 1).double()
    return (1 + evidence / (1 + evidence.abs())) / 2


def _measured_ranking(ranking: MetricCollection, both_occur: bool) -> dict[str, float]:
    """Measure a ranking of two classes; where one never occurs there is none, which counts 0."""
    if not both_occur:
        return {str(name): 0.0 for name in ranking}
    return {str(name): float(value) for name, value in ranking.compute().items()}


def metric_names(label_names: Sequence[str], ordinal: bool = True) -> set[str]:
    """Name what `EpochMetrics` measures on held-out reviews, without `val/` before the names."""
    names = {"loss", "accuracy", "f1_macro", "predicted_classes", "calibration_error"}
    names |= {f"recall_{name}" for name in label_names}
    if len(label_names) == 2:
        return names | {"auroc", "average_precision"}
    return names | {"mae"} if ordinal and len(label_names) > 2 else names
