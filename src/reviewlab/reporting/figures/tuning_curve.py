"""Draw tuning curves: the best value after k trials, with simultaneous bands."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from reviewlab.console.text import count_of, shorten
from reviewlab.reporting.figures.style import (
    COLOURS,
    PRINT,
    Format,
    drawing,
    make_figure,
    save,
)
from reviewlab.reporting.tuning_groups import TuningCurves


def draw_tuning_curves(
    tuned: TuningCurves, folder: Path, print_as: Format | None = None
) -> list[Path]:
    """Draw a curve and a band for each value of the key, and save them as `tuning_curve.png`.

    Args:
        tuned: the tuning curves.
        folder: folder for the files, created if needed.
        print_as: format in which to draw them at print quality as well; None to skip this.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    formats: dict[Path, int | None] = {folder / "tuning_curve.png": None}
    if print_as is not None:
        formats[folder / f"tuning_curve.{print_as}"] = PRINT
    with drawing():
        figure, (axes,) = make_figure(9, 4.5)
        for (value, curve), colour in zip(tuned.curves.items(), COLOURS, strict=False):
            label = f"{shorten(value, 30)} ({count_of(curve.n, 'configuration')})"
            axes.fill_between(curve.trials, curve.lower, curve.upper, color=colour, alpha=0.15)
            axes.plot(curve.trials, curve.median, ".-", color=colour, label=label)
        _scale(axes, tuned)
        axes.set(xlabel="trials", ylabel=tuned.metric)
        axes.set_title("median of the best trial, with a band for all k together", loc="left")
        legend = figure.legend(loc="outside right upper", fontsize="small", frameon=False)
        legend.set_title(tuned.key)
        legend.set_alignment("left")
        for path, dpi in formats.items():
            save(figure, path, dpi)
    return [*formats]


def _scale(axes: Axes, tuned: TuningCurves) -> None:
    """Scale the axes to the curves; a band may reach to the ends of the metric."""
    medians = np.concatenate([curve.median for curve in tuned.curves.values()])
    finite = medians[np.isfinite(medians)]
    if finite.size:
        room = 0.35 * float(np.ptp(finite)) or 0.05 * max(abs(float(finite[0])), 1e-3)
        axes.set_ylim(float(finite.min()) - room, float(finite.max()) + room)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(LogLocator(base=2))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
