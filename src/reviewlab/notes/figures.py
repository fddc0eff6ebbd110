"""Draw the figures of the notes: review lengths, loss curves, and one metric by epoch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import NDArray

from reviewlab.notes.measured import Measured, Run
from reviewlab.reporting.figures.style import STYLE, save

COLUMNS = 4
BINS = 45
STEEP = 20
"""A loss that falls by more than this factor gets a logarithmic scale."""
LINES = 3
"""The maximum number of seeds in a panel: more lines would hide each other."""
LOSSES = {"train/loss": "train", "val/loss": "validation"}


def draw_lengths(lengths: Mapping[str, NDArray[np.int64]], path: Path) -> None:
    """Draw a histogram of the number of words per review for each data set.

    Args:
        lengths: maps each data set's name to the number of words in each review, int64 `[reviews]`.
        path: the picture's file.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(9, 3.2), layout="constrained", dpi=90)
        for axes, (name, counts) in zip(
            figure.subplots(1, len(lengths), squeeze=False).flat, lengths.items(), strict=True
        ):
            longest = int(np.quantile(counts, 0.99))
            axes.hist(counts, bins=range(0, longest + 1, max(longest // BINS, 1)), color="C0")
            axes.set(xlabel="words", ylabel="reviews")
            axes.set_title(
                f"{name}: mean {counts.mean():.0f}, median {np.median(counts):.0f};"
                " the longest hundredth left out",
                loc="left",
                fontsize="small",
            )
        save(figure, path)


def draw_losses(names: Sequence[str], measurements: Mapping[str, Measured], path: Path) -> None:
    """Draw training and validation loss by epoch, a panel per experiment and a line per seed.

    An experiment without a validation split has only its training loss.

    Args:
        names: the experiments to draw; those without runs are skipped.
        measurements: maps each experiment's name to its measured results.
        path: the picture's file.
    """
    drawn = [
        measurements[name] for name in names if name in measurements and measurements[name].runs
    ]
    if not drawn:
        return
    rows = -(-len(drawn) // COLUMNS)
    with rc_context({**STYLE, "font.size": 7}):  # many panels in less than 100 kB
        figure = Figure(figsize=(1.9 * COLUMNS, 1.4 * rows), layout="constrained", dpi=70)
        panels = list(figure.subplots(rows, COLUMNS, squeeze=False).flat)
        for axes, ours in zip(panels, drawn, strict=False):
            _draw_panel(axes, ours)
        for axes in panels[len(drawn) :]:
            axes.set_visible(False)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2, frameon=False)
        save(figure, path)


def draw_metric(
    measurements: Mapping[str, Measured], names: Sequence[str], metric: str, path: Path
) -> None:
    """Plot one metric by epoch, averaged over seeds, with a line for each experiment.

    Args:
        measurements: maps each experiment's name to its measured results.
        names: the experiments to draw; those without runs are skipped.
        metric: name of the metric.
        path: the picture's file.
    """
    drawn = [
        measurements[name] for name in names if name in measurements and measurements[name].runs
    ]
    if not drawn:
        return
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 3.6), layout="constrained", dpi=90)
        axes = figure.subplots()
        for ours in drawn:
            epochs = min(len(run.curves) for run in ours.runs)
            values = np.mean([_curve(run, metric)[:epochs] for run in ours.runs], axis=0)
            axes.plot(range(1, epochs + 1), values, label=ours.experiment, marker=".")
        axes.set(xlabel="epoch", ylabel=metric)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(loc="outside right upper", fontsize="small", frameon=False)
        save(figure, path)


def _draw_panel(axes: Axes, ours: Measured) -> None:
    losses: list[float] = []
    for colour, (metric, label) in zip(("C0", "C1"), LOSSES.items(), strict=True):
        for number, run in enumerate(ours.runs[:LINES]):
            curve = _curve(run, metric)
            if np.isnan(curve).all():
                continue
            losses += [loss for loss in curve if np.isfinite(loss)]
            axes.plot(
                range(1, len(curve) + 1), curve, color=colour, label=label if not number else None
            )
    if losses and 0 < STEEP * min(losses) < max(losses):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:,.6g}")  # powers of ten would need a math font
        axes.yaxis.set_minor_locator(NullLocator())
    name = ours.experiment.rpartition("/")[2]
    axes.set_title(name if len(name) < 23 else f"{name[:21]}…", loc="left")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))


def _curve(run: Run, metric: str) -> list[float]:
    """Return a metric's value in each epoch; NaN where it was not measured."""
    return [epoch.get(metric, np.nan) for epoch in run.curves]
