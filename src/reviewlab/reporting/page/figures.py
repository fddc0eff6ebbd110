"""The page's plotly figures; text and axes get their colours from the page's style sheet."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from reviewlab.console.text import count_of, shorten
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.cells import number
from reviewlab.reporting.curves import BAND
from reviewlab.reporting.effects import Effect
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.pairs import Pair
from reviewlab.reporting.page.scale import LABEL, Levels
from reviewlab.reporting.varied import order

HEAT = ["#3a2a7a", "#7a3f98", "#b8567f", "#e27b57", "#f2b04f"]
CLEAR = "#d9480f"
UNCLEAR = "#7d8794"
BARE: Any = {
    "template": None,
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "system-ui, sans-serif", "size": 12},
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "dragmode": False,
    "hoverlabel": {"align": "left", "namelength": -1},
}
Plot = dict[str, Any]
"""A figure, or a part of one, in plotly's JSON."""

CONFIG: Any = {"displayModeBar": False, "responsive": True}
FITTED: Any = {
    "automargin": True,
    "zeroline": False,
    "fixedrange": True,
    "showline": False,
    "gridcolor": "#d5dbe3",  # for saved images; on the page the style sheet sets the colour
}


def curves(board: Leaderboard) -> go.Figure:
    """Draw the axes of the learning curves; `page.js` adds the selected curves."""
    most = max(epoch for row in board.rows for epoch, _ in row.curve)
    several = any(line.n > 1 for line in board.lines)
    title = {"title": {"text": f"mean over seeds; {BAND}", "side": "top"}} if several else {}
    return go.Figure(
        layout={
            **BARE,
            "height": 450,
            "xaxis": {**FITTED, "title": {"text": "epoch"}, "tick0": 0, "dtick": _whole_step(most)},
            "yaxis": {**FITTED, "title": {"text": plain(board.metric)}},
            "legend": {
                "orientation": "h",
                "yref": "container",
                "y": 0,
                "yanchor": "bottom",
                "x": 0,
                **title,
            },
            "showlegend": True,
        }
    )


def effect(board: Leaderboard, one: Effect) -> go.Figure:
    """Draw the mean for each value of a key, with the interval of its difference from the best."""
    levels = sorted(one.levels, key=lambda level: order(level.value))
    names = [without_rounding_error(level.value) for level in levels]
    best = one.levels[0]
    every = [level for effect in board.effects for level in effect.levels]
    low = min(level.mean - (level.half or 0) for level in every)
    high = max(level.mean + (level.half or 0) for level in every)
    room = 0.06 * (high - low) or 0.01
    figure = go.Figure(
        layout={
            **BARE,
            "height": 230,
            "showlegend": False,
            "xaxis": {**FITTED, **_ticks(names)},
            "yaxis": {**FITTED, "range": [low - room, high + room], "nticks": 5},
            "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": best.mean,
                        "y1": best.mean, "line": {"width": 1, "dash": "dot"}}],
        }
    )  # fmt: skip
    colours = [CLEAR if level.clear and level.difference else UNCLEAR for level in levels]
    for colour in dict.fromkeys(colours):  # a trace per level would take seconds to draw 1,000
        places = [place for place, own in enumerate(colours) if own == colour]
        of_colour = [levels[place] for place in places]
        halves = [(level.half or None) if level.difference else None for level in of_colour]
        figure.add_scatter(
            x=places,
            y=[level.mean for level in of_colour],
            text=[plain(f"{names[place]}: {number(levels[place].mean)}") for place in places],
            hoverinfo="text",
            mode="markers",
            marker={"size": 9, "color": colour},
            error_y={"array": halves, "width": 5, "thickness": 2, "visible": any(halves)},
        )
    return figure


def heat(board: Leaderboard, pair: Pair, names: Sequence[str], of: Sequence[Levels]) -> Plot:
    """Draw the heat map of two keys; brighter is better.

    A page has many of these maps, so they are built from plain types, which are faster than
    plotly's objects.

    Args:
        board: the leaderboard.
        pair: the cells of the heat map.
        names: names of all keys.
        of: the levels of each key, in the order of `names`.
    """
    first, second = of[pair.first], of[pair.second]
    titles = [plain(names[pair.first]), plain(names[pair.second])]
    cells = np.stack([pair.means, pair.runs], axis=-1).tolist()
    texts = [
        [f"{number(m)}<br>{count_of(int(n), 'run')}" if n else "" for m, n in r] for r in cells
    ]
    data = {
        "type": "heatmap",
        "z": [[float(f"{mean:.5g}") if n else None for mean, n in row] for row in cells],
        "text": texts,
        "texttemplate": "%{text}",
        "hovertemplate": f"{titles[0]}: %{{x}}<br>{titles[1]}: %{{y}}<br>%{{text}}<extra></extra>",
        "hoverongaps": False,
        "colorscale": [[place / (len(HEAT) - 1), colour] for place, colour in enumerate(HEAT)],
        "reversescale": board.mode != "max",
        "xgap": 2,
        "ygap": 2,
        "colorbar": {"thickness": 12, "outlinewidth": 0, "nticks": 5},
    }
    layout = {
        **BARE,
        "height": max(300, 90 + 46 * len(second.labels)),
        "xaxis": {**FITTED, **_ticks(first.labels, 40), "title": {"text": titles[0]}},
        "yaxis": {**FITTED, **_ticks(second.labels, 40), "title": {"text": titles[1]}},
    }
    return {"data": [data], "layout": layout, "config": CONFIG}


def plain(text: str) -> str:
    """Escape `text` for plotly, which would interpret HTML tags in it."""
    return html.escape(" ".join(text.split()), quote=False)


def _ticks(names: Sequence[str], most: int = 10) -> Plot:
    apart = -(-len(names) // most)
    return {
        "tickvals": [*range(0, len(names), apart)],
        "ticktext": [plain(shorten(name, LABEL)) for name in names[::apart]],
        "range": [-0.5, len(names) - 0.5],
    }


def _whole_step(most: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, ... that gives at most ten ticks up to `most`."""
    step = 1
    while most > 10 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step
