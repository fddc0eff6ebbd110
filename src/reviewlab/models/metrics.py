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

from reviewlab.models.weighted_mean import WeightedMean
from reviewlab.nn.objectives import Objective

CALIBRATION_BINS = 15
"""Equal-width bins of the calibration error, as in Guo et al. (2017), section 2."""


def confusion_counts(predictions: Tensor, labels: Tensor, num_classes: int) -> NDArray[np.int64]:
    """Count the reviews of each class by predicted class, as a confusion matrix.

    Args:
        predictions: int64 `[reviews]`.
        labels: int64 `[reviews]`.
        num_classes: number of classes.

    Returns:
        Counts `[true, predicted]`.
    """
    counts: Tensor = multiclass_confusion_matrix(predictions, labels, num_classes)
    return counts.cpu().numpy()


class EpochMetrics:
    """Collect the outputs of an epoch and compute its metrics at the end.

    An update only keeps references: it adds nothing to a step and never waits for a GPU. (Updating
    torchmetrics at every step was measured to take a seventh of a small LSTM's step.) Until the
    epoch ends, `num_outputs` floats are kept for each review; torchmetrics then computes everything
    at once, over all devices.

    - `loss`: the objective's loss on hard labels, comparable between runs with different training
      losses.
    - `training_loss`: the loss that the optimizer saw, if it was passed to `update`.
    - `accuracy`, `f1_macro`, `recall_<label>`: the usual metrics, on the predicted classes.
    - `calibration_error`: the calibration error (L1) of each review's most probable class.
    - `mae`: the mean distance between predicted and true class, for three or more ordered classes
      such as stars.
    - `auroc`, `average_precision`: with two classes and on held-out splits, the quality of the
      ranking of reviews by their evidence for the second class; 0 if one class never occurs.
    - `predicted_classes`: the number of classes predicted at least once; 1 means that the model has
      collapsed.

    Args:
        objective: the objective, which interprets the outputs.
        label_names: names of the classes, in order.
        ordinal: True if the classes are ordered with meaningful distances.
        held_out: True to also compute the metrics that only matter on held-out reviews.
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
        self._class_metrics = MetricCollection(
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
        self._device = torch.device("cpu")

    def update(self, outputs: Tensor, labels: Tensor, training_loss: Tensor | None = None) -> None:
        """Collect a batch.

        A line search evaluates a batch several times. Only the first evaluation is kept, with the
        weights from before the step.

        Args:
            outputs: `[batch, num_outputs]`.
            labels: int64 `[batch]`.
            training_loss: a scalar.
        """
        if self._labels and labels is self._labels[-1]:
            return
        self._outputs.append(outputs.detach())
        self._labels.append(labels)
        if training_loss is not None:
            self._losses.append(training_loss.detach())

    def so_far(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the predictions, probabilities `[reviews, classes]` and labels so far."""
        outputs, labels = torch.cat(self._outputs).float(), torch.cat(self._labels)
        return self.objective.predictions(outputs), self.objective.probabilities(outputs), labels

    def probabilities(self) -> list[Tensor]:
        """Return the probabilities so far, `[reviews, classes]` for each batch."""
        probabilities = self.objective.probabilities(torch.cat(self._outputs).float())
        return list(torch.split(probabilities, [len(labels) for labels in self._labels]))

    def compute(self) -> dict[str, float]:
        """Compute the metrics of everything collected since the last call, and discard it.

        The recall of a class that never occurs is 0, as in scikit-learn with `zero_division=0`.
        """
        outputs, labels = torch.cat(self._outputs).float(), torch.cat(self._labels)
        self._move(labels.device)
        predictions = self.objective.predictions(outputs)
        values = {"loss": _mean(self._loss, self.objective.loss(outputs, labels), len(labels))}
        if self._losses:
            sizes = torch.tensor([len(part) for part in self._labels], device=labels.device)
            losses = torch.stack(self._losses).float()
            values["training_loss"] = _mean(self._training_loss, losses, sizes)
        self._class_metrics.update(predictions, labels)
        self._calibration.update(self.objective.probabilities(outputs), labels)
        computed = dict(self._class_metrics.compute())
        recalls, confusion = computed.pop("recall").tolist(), computed.pop("confusion")
        values |= {name: float(value) for name, value in computed.items()}
        values["predicted_classes"] = float(confusion.any(0).sum())
        values |= {f"recall_{n}": r for n, r in zip(self.label_names, recalls, strict=True)}
        values["calibration_error"] = float(self._calibration.compute())
        if self._ranking is not None:
            self._ranking.update(_second_class(self.objective, outputs), labels)
            both_occur = bool(confusion.any(1).all())
            values |= _compute_ranking(self._ranking, both_occur)
        self.reset()
        return values

    def reset(self) -> None:
        """Discard everything collected."""
        for batches in self._collected().values():
            batches.clear()
        for metric in self._all_metrics():
            metric.reset()

    def state(self) -> dict[str, list[Tensor]]:
        """Return everything collected so far, on the CPU, to resume an unfinished epoch later."""
        return {name: [part.cpu() for part in parts] for name, parts in self._collected().items()}

    def add_state(self, state: dict[str, list[Tensor]], device: torch.device) -> None:
        """Add the `state` of an unfinished epoch, on `device`."""
        for name, parts in self._collected().items():
            parts.extend(part.to(device) for part in state[name])

    def _collected(self) -> dict[str, list[Tensor]]:
        return {"outputs": self._outputs, "labels": self._labels, "losses": self._losses}

    def _all_metrics(self) -> list[Metric | MetricCollection]:
        always: list[Metric | MetricCollection] = [
            self._class_metrics,
            self._calibration,
            self._loss,
            self._training_loss,
        ]
        return always if self._ranking is None else [*always, self._ranking]

    def _move(self, device: torch.device) -> None:
        """Move the metrics to a device; each move takes torchmetrics as long as a metric."""
        if device != self._device:
            for metric in self._all_metrics():
                metric.to(device)
            self._device = device


def _mean(metric: Metric, values: Tensor, weights: Tensor | int) -> float:
    metric.update(values, weights)
    return float(metric.compute())


def _second_class(objective: Objective, outputs: Tensor) -> Tensor:
    """Map the evidence for the second class to the interval from 0 to 1, keeping its order.

    torchmetrics would use a sigmoid, which makes large log odds equal.
    """
    evidence = objective.evidence(outputs, 1).double()
    return (1 + evidence / (1 + evidence.abs())) / 2


def _compute_ranking(ranking: MetricCollection, both_occur: bool) -> dict[str, float]:
    """Compute the ranking metrics of a data set of two classes; 0 if a class never occurs."""
    if not both_occur:
        return {str(name): 0.0 for name in ranking}
    return {str(name): float(value) for name, value in ranking.compute().items()}


def metric_names(label_names: Sequence[str], ordinal: bool = True) -> set[str]:
    """Return the names of the metrics on held-out reviews, without the prefix `val/`."""
    names = {"loss", "accuracy", "f1_macro", "predicted_classes", "calibration_error"}
    names |= {f"recall_{name}" for name in label_names}
    if len(label_names) == 2:
        return names | {"auroc", "average_precision"}
    return names | {"mae"} if ordinal and len(label_names) > 2 else names
