"""Draw figures about a model's predictions for the held-out reviews."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics.functional.classification import multiclass_calibration_error

from reviewlab.models.metrics import CALIBRATION_BINS, confusion_counts

Seen = tuple[Tensor, Tensor, Tensor]
"""Predictions `[reviews]`, probabilities `[reviews, classes]` and labels `[reviews]`."""

POINTS = 50
"""Points of a precision-recall curve: one for every 2 % of recall."""

BELOW: Any = {"loc": "upper left", "bbox_to_anchor": (-0.12, -0.14), "frameon": False}
INCHES_OF_A_ROW = 0.22
"""Height of one row of the legend, which is placed `BELOW`."""

LARGEST_MARKER = 80
"""Area, in points squared, of the marker for the bin with the most reviews."""


def confusion(seen: Seen, num_classes: int) -> NDArray[np.int64]:
    """Count the reviews by true and predicted class, `[true, predicted]`."""
    predictions, _, labels = seen
    return confusion_counts(predictions, labels, num_classes)


def confusion_matrix(counts: NDArray[np.int64], names: Sequence[str]) -> Figure:
    """Draw a confusion matrix: each cell's number of reviews, and its share of the row."""
    parts = shares(counts)
    size = 2.6 + 0.8 * len(names)
    figure = Figure((size, size), layout="constrained")
    axes = figure.subplots()
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    axes.set(xlabel="predicted", ylabel="label", title="Confusion matrix, shares of each label")
    axes.set_xticks(range(len(names)), names, rotation=30 if max(map(len, names)) > 6 else 0)
    axes.set_yticks(range(len(names)), names)
    for (row, column), share in np.ndenumerate(parts):
        text = f"{share:.2f}\n{counts[row, column]:,}"
        colour = "white" if share > 0.5 else "black"
        axes.text(column, row, text, ha="center", va="center", color=colour)
    return figure


def reliability(seen: Seen) -> Figure:
    """Draw the accuracy of the most probable class against its predicted probability.

    Reviews are grouped by that probability in bins of equal width, as in Guo et al. (2017), figure
    1.
    """
    _, probabilities, labels = seen
    highest = probabilities.max(1)
    confidence = highest.values.double().cpu().numpy()
    right = (highest.indices == labels).double().cpu().numpy()
    edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
    places = np.clip(np.digitize(confidence, edges[1:-1]), 0, CALIBRATION_BINS - 1)
    sizes = np.bincount(places, minlength=CALIBRATION_BINS)
    filled = sizes > 0
    accuracy = np.bincount(places, right, CALIBRATION_BINS)[filled] / sizes[filled]
    mean_confidence = np.bincount(places, confidence, CALIBRATION_BINS)[filled] / sizes[filled]
    figure = Figure((5, 5))
    above, below = figure.subplots(2, height_ratios=[3, 1], sharex=True)
    above.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect calibration")
    above.plot(mean_confidence, accuracy, color="C0", alpha=0.4)
    areas = np.maximum(LARGEST_MARKER * sizes[filled] / max(sizes.max(), 1), 4)
    label = "this model (larger: more reviews)"
    above.scatter(
        mean_confidence, accuracy, areas, color="C0", label=label, clip_on=False, zorder=3
    )
    classes = probabilities.shape[1]
    error = multiclass_calibration_error(probabilities, labels, classes, CALIBRATION_BINS)
    above.set(ylabel="accuracy", ylim=(0, 1), title=f"Reliability, calibration error {error:.3f}")
    above.legend(loc="lower right")  # where only a model that is far too sure has points
    below.bar(edges[:-1], sizes, width=1 / CALIBRATION_BINS, align="edge")
    below.set(xlabel="probability of the most probable class", ylabel="reviews", xlim=(0, 1))
    return figure


def precision_recall(seen: Seen, names: Sequence[str]) -> Figure:
    """Draw each class's precision-recall curve, over thresholds of the class's probability."""
    _, probabilities, labels = seen
    scores, true = probabilities.double().cpu().numpy(), labels.cpu().numpy()
    figure, axes = _with_legend_below(len(names))
    for number, name in enumerate(names):
        own = true == number
        label = f"{name} ({own.mean():.2f} of reviews)"
        axes.plot(*curve(scores[:, number], own), drawstyle="steps-pre", label=label)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_title("Precision and recall of each label")
    axes.legend(**BELOW)
    return figure


def curve(scores: NDArray[np.float64], own: NDArray[np.bool_]) -> tuple[NDArray[np.float64], ...]:
    """Return recalls of about 1/`POINTS`, 2/`POINTS`, ..., 1 and the precision at each of them.

    Each point belongs to the highest threshold that reaches this recall. A class without reviews
    has no points.

    Args:
        scores: the class's predicted probability, `[reviews]`.
        own: True for the reviews of the class, `[reviews]`.
    """
    order = np.argsort(-scores)
    steps = np.flatnonzero(np.diff(scores[order], append=np.nan))  # equal scores: one threshold
    hits = np.cumsum(own[order])[steps]
    points = POINTS if own.any() else 0
    chosen = np.unique(np.searchsorted(hits, np.linspace(0, own.sum(), points + 1)[1:]))
    return hits[chosen] / max(own.sum(), 1), hits[chosen] / (steps[chosen] + 1)


def recalls(history: Sequence[tuple[int, Sequence[float]]], names: Sequence[str]) -> Figure:
    """Draw the recall of each class by epoch."""
    figure, axes = _with_legend_below(len(names))
    epochs = [epoch for epoch, _ in history]
    for number, name in enumerate(names):
        axes.plot(epochs, [values[number] for _, values in history], marker=".", label=name)
    axes.set(xlabel="epoch", ylabel="recall", ylim=(0, 1.02), title="Recall of each label")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.legend(**BELOW)
    return figure


def _with_legend_below(names: int) -> tuple[Figure, Axes]:
    """Create a figure with room for a legend of `names` rows below the curves."""
    below = 0.7 + INCHES_OF_A_ROW * names
    height = 3.3 + below
    figure = Figure((5, height))
    return figure, figure.subplots(gridspec_kw={"bottom": below / height})


def shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each count divided by the sum of its row; 0 in a row of zeros."""
    parts: NDArray[np.float64] = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return parts
