"""Parallel coordinates: settings and metrics, one line for each configuration."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from reviewlab.console.text import shorten
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.figures import BARE, CLEAR, Plot, plain
from reviewlab.reporting.page.scale import Axis, number_axis, setting_axis
from reviewlab.reporting.varied import short_keys

METRICS = 4
"""Most metrics shown besides the one ranked by; more axes would be hard to follow."""

PER_CLASS = ("recall_", "predicted_classes")
MANY = 100
"""If there are at least this many lines, they are drawn thinner."""

SHADES = ["#7d8794", "#7f86a8", "#7a7fc0", "#a06cb5", "#c75d93", "#e0605f", "#f07b22"]
"""Colours from the worst seventh of the lines to the best, visible on white and on black."""


def axes_of(board: Leaderboard) -> list[Axis]:
    """List the axes of parallel coordinates: settings, metrics and costs of each line."""
    short = short_keys(board.keys)
    axes = [setting_axis(short[key], [line.settings[key] for line in board.lines]) for key in short]
    axes += [number_axis(board.metric, [line.mean for line in board.lines])]
    axes += [number_axis(name, _means(board, name)) for name in _other_metrics(board)]
    counts = [f"{line.parameters:,}" for line in board.lines]
    axes += [number_axis("params", [float(line.parameters) for line in board.lines], counts)]
    seconds = [f"{line.seconds:.1f}" for line in board.lines]
    axes += [number_axis("seconds", [line.seconds for line in board.lines], seconds)]
    return [axis for axis in axes if len({*axis.places}) > 1]


def parallel(board: Leaderboard, axes: Sequence[Axis]) -> go.Figure:
    """Draw parallel coordinates as a few traces with many lines each.

    The last trace is empty, for the lines that the reader selects. Plotly's own `parcoords` is not
    used: it needs WebGL, cannot be printed or styled, and does not report the line under the
    pointer.
    """
    places, room = range(len(axes)), max(11, 100 // len(axes))
    figure = go.Figure(
        layout={
            **BARE,
            "height": 400,
            "margin": {"l": 16, "r": 60, "t": 44, "b": 16},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": "select",
            "newselection": {"line": {"color": CLEAR, "width": 2, "dash": "solid"}},
            "xaxis": {"visible": False, "range": [-0.05, len(axes) - 0.9], "fixedrange": True},
            "yaxis": {"visible": False, "range": [-0.04, 1.04], "fixedrange": True},
            "shapes": [_upright(place) for place in places],
            "annotations": [a for place in places for a in _annotations(place, axes[place], room)],
        }
    )
    for shade, lines in zip(SHADES, _shaded(len(board.lines)), strict=True):
        points = [(place, line) for line in lines for place in [*places, None]]
        figure.add_scatter(
            x=[place for place, _ in points],
            y=[None if p is None else _rounded(axes[p].places[line]) for p, line in points],
            text=["" if p is None else _hover_text(axes[p], line) for p, line in points],
            customdata=[line for _, line in points],
            hoverinfo="text",
            mode="lines",
            line={"color": shade, "width": 1.3 if len(board.lines) < MANY else 0.8},
        )
    chosen = {"color": CLEAR, "width": 2.5}
    figure.add_scatter(x=[None], y=[None], mode="lines", hoverinfo="skip", line=chosen)
    return figure


def _means(board: Leaderboard, name: str) -> list[float | None]:
    rows = [[row.best.get(name) for row in line.rows] for line in board.lines]
    numbers = [[v for v in values if isinstance(v, int | float)] for values in rows]
    means = [float(np.mean(values)) if values else None for values in numbers]
    return [None if mean is None or not np.isfinite(mean) else mean for mean in means]


def _other_metrics(board: Leaderboard) -> list[str]:
    names = dict.fromkeys(name for row in board.rows for name in row.best)
    held = [n for n in names if n.startswith("val/") and n != board.metric]
    return [n for n in held if not n.removeprefix("val/").startswith(PER_CLASS)][:METRICS]


def _shaded(count: int) -> list[list[int]]:
    """Group line indices by shade, the worst seventh first so that the best lines are on top.

    The first and the last line get the outermost shades, however few lines there are.
    """
    sevenths = np.minimum(np.linspace(len(SHADES), 0, count).astype(int), len(SHADES) - 1)
    return [np.flatnonzero(sevenths == seventh).tolist() for seventh in range(len(SHADES))]


def _upright(place: int) -> Plot:
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "layer": "below"}


def _annotations(place: int, axis: Axis, room: int) -> list[Plot]:
    name = plain(shorten(axis.title.removeprefix("val/"), 15))
    title = {"x": place, "y": 1.04, "text": f"<b>{name}</b>", "yshift": 8, "yanchor": "bottom",
             "xshift": -4, "hovertext": plain(axis.title)}  # fmt: skip
    ticks = [
        {"x": place, "y": y, "text": plain(shorten(text, room)), "xshift": 3, "bgcolor": "white",
         "borderpad": 0}
        for y, text in axis.ticks
    ]  # fmt: skip
    common = {"showarrow": False, "xanchor": "left", "font": {"size": 11}}
    return [{**common, **one} for one in [title, *ticks]]


def _hover_text(axis: Axis, line: int) -> str:
    return plain(f"#{line + 1}  {axis.title}: {shorten(axis.texts[line], 80)}")


def _rounded(place: float | None) -> float | None:
    return None if place is None else round(place, 4)
