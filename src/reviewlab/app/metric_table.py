"""Metrics as a table for people, with the simplest guess beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Metrics = Mapping[str, float]

SPLITS = {"train": "train", "validation": "val", "test": "test"}
"""The data's word for a split, and the one before the metrics' names."""

FIRST = ("loss", "accuracy", "f1_macro", "mae", "calibration_error")
HIDDEN = ("training_loss", "predicted_classes")
"""Of the training and of the alarm for collapse; whoever reads a result has other questions."""


def baseline(
    labels: NDArray[np.int64], commonest: int, label_names: Sequence[str]
) -> dict[str, float]:
    """The metrics of answering class `commonest` every time: those that are defined for it.

    labels: int64 `[reviews]`.
    """
    right = float(np.mean(labels == commonest))
    f1 = 2 * right / (1 + right)  # precision is the share that is right, recall is 1
    present = {*np.unique(labels).tolist(), commonest}
    values = {"accuracy": right, "f1_macro": f1 / len(present), "predicted_classes": 1.0}
    if len(label_names) > 2:
        values["mae"] = float(np.mean(np.abs(labels - commonest)))
    for number, name in enumerate(label_names):
        values[f"recall_{name}"] = float(number == commonest and right > 0)
    return values


def of_split(metrics: Metrics, split: str) -> dict[str, float]:
    """The metrics of `split` (`train`, `val` or `test`) without it before their names."""
    return {n.partition("/")[2]: v for n, v in metrics.items() if n.startswith(f"{split}/")}


def table(columns: Mapping[str, Metrics]) -> str:
    """A line a metric, a column for each of `columns`, aligned; empty where one has none."""
    names = {name for metrics in columns.values() for name in metrics if name not in HIDDEN}
    names_in_order = [*(n for n in FIRST if n in names), *sorted(names - {*FIRST})]
    rows = [["", *columns]]
    rows += [[n, *(_shown(metrics.get(n)) for metrics in columns.values())] for n in names_in_order]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = (
        f"{name:{widths[0]}}"
        + "".join(f"  {c:>{w}}" for c, w in zip(cells, widths[1:], strict=True))
        for name, *cells in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
