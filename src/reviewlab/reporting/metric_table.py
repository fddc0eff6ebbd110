"""Metrics as a table for people, next to the majority baseline."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reviewlab.console.table import aligned

Metrics = Mapping[str, float]

SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""Names of the splits in the data, and the prefixes of their metrics."""

DEFAULT_METRIC = "val/accuracy"
"""The metric that leaderboards rank by unless another one is given."""

FIRST = ("loss", "accuracy", "f1_macro", "auroc", "average_precision", "mae", "calibration_error")
HIDDEN = ("training_loss", "predicted_classes")
"""Metrics left out of the printed table: they describe the training, not the result."""
MARGIN = 0.005
"""The default margin of equality for metrics that are shares or the like, from 0 to 1."""

SHARES = frozenset({
    *("accuracy", "acc", "f1", "precision", "recall", "sensitivity", "specificity"),
    *("auc", "auroc", "auprc", "map", "ap", "ndcg", "mrr", "iou", "dice", "calibration", "ece"),
})  # fmt: skip
"""Words that occur in the names of metrics from 0 to 1, ours and those of other projects."""

SMALL_IS_GOOD = {"loss", "mae", "calibration_error"}


def baseline(
    labels: NDArray[np.int64], commonest: int, label_names: Sequence[str], ordinal: bool = True
) -> dict[str, float]:
    """Compute the metrics of always predicting the class `commonest`.

    Metrics that need probabilities are left out.

    Args:
        labels: int64 `[reviews]`.
        commonest: the class that is always predicted.
        label_names: names of all classes.
        ordinal: whether the classes are ordered, so that the distance between two is meaningful.

    Returns:
        The metrics by name, without the prefix of a split.
    """
    right = float(np.mean(labels == commonest))
    f1 = 2 * right / (1 + right)  # precision is the share that is right, recall is 1
    present = {*np.unique(labels).tolist(), commonest}
    values = {"accuracy": right, "f1_macro": f1 / len(present), "predicted_classes": 1.0}
    if ordinal and len(label_names) > 2:
        values["mae"] = float(np.mean(np.abs(labels - commonest)))
    for number, name in enumerate(label_names):
        values[f"recall_{name}"] = float(number == commonest and right > 0)
    return values


def of_split(metrics: Metrics, split: str) -> dict[str, float]:
    """Select the metrics of `split` (`train`, `val` or `test`); drop the prefix from names."""
    return {n.partition("/")[2]: v for n, v in metrics.items() if n.startswith(f"{split}/")}


def table(columns: Mapping[str, Metrics]) -> str:
    """Format sets of metrics as the columns of a table; the cell of a missing metric is empty."""
    names = {name for metrics in columns.values() for name in metrics if name not in HIDDEN}
    names_in_order = [*(n for n in FIRST if n in names), *sorted(names - {*FIRST})]
    rows = [["", *columns]]
    rows += [
        [name, *(_cell(metrics.get(name)) for metrics in columns.values())]
        for name in names_in_order
    ]
    return "\n".join(aligned(rows, right=[False, *(True for _ in columns)]))


def metric_span(metric: str, values: Iterable[float] = ()) -> float | None:
    """Return a metric's largest minus smallest possible value; None if that is unknown.

    The metric's name decides, unless some of its values lie outside 0 to 1, as percentages do.

    >>> metric_span("val/accuracy"), metric_span("val/loss"), metric_span("accuracy", [79.2])
    (1.0, None, None)

    Args:
        metric: name of the metric.
        values: values that were measured.
    """
    is_share = not SHARES.isdisjoint(words_of(metric))
    return 1.0 if is_share and all(0 <= value <= 1 for value in values) else None


def words_of(metric: str) -> list[str]:
    """Split the name of a metric into lower-case words.

    >>> words_of("eval/Macro-F1_score")
    ['eval', 'macro', 'f1', 'score']
    """
    return re.findall(r"[a-z0-9]+", metric.lower())


def metric_ends(metric: str) -> tuple[float, float]:
    """Return a metric's smallest and largest possible value.

    >>> metric_ends("val/accuracy"), metric_ends("val/loss")
    ((0.0, 1.0), (0.0, inf))
    """
    return 0.0, metric_span(metric) or float("inf")


def default_margin(metric: str, values: Iterable[float] = ()) -> float | None:
    """Return the difference up to which values of a metric count as equal; None if unbounded.

    The size of a loss or of a distance between classes depends on the data, so that no single
    margin would suit.

    >>> default_margin("val/accuracy"), default_margin("val/loss")
    (0.005, None)

    Args:
        metric: name of the metric.
        values: values that were measured.
    """
    return None if metric_span(metric, values) is None else MARGIN


def best_mode(metric: str) -> Literal["min", "max"]:
    """Return `min` if smaller values of a metric are better, else `max`.

    >>> best_mode("val/calibration_error"), best_mode("test/accuracy")
    ('min', 'max')
    """
    name = metric.partition("/")[2] or metric  # a class may have a "/" in its name
    return "min" if name in SMALL_IS_GOOD else "max"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
