"""Compact data for `page.js`, which draws the lines that the page's reader selects."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TypedDict

import numpy as np

from reviewlab.console.text import shorten
from reviewlab.reporting.columns import columns
from reviewlab.reporting.curves import mean_curve
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.page.figures import CONFIG, Plot, heat, plain
from reviewlab.reporting.page.pairs import key_levels, pairs
from reviewlab.reporting.page.scale import Axis
from reviewlab.reporting.rows import Row
from reviewlab.reporting.varied import short_keys

NAME, ROW = 70, 40
"""Most characters of a name in a legend, and of each of its rows, which have to fit a phone."""

COLOURS = ("#1f83d4", "#e8710a", "#2a9d5c", "#d6405b", "#8a63d2",
           "#a06a4c", "#d159b0", "#6f7f8f", "#9a9a1f", "#17a2b8")  # fmt: skip
"""Colours of learning curves, visible on white and on black."""

FAIR = "All cells were run with the same other settings, so they can be compared."
UNFAIR = (
    "The cells were not all run with the same other settings, which may be the reason for a"
    " difference between two of them."
)
EFFECTS = " The main effects compare like with like."


MEAN = "mean"
"""Label of the mean's trace; a seed's trace is labelled with the seed."""


class PairView(TypedDict):
    """A heat map of two keys, and a note on whether its cells can be compared."""

    note: str
    figure: Plot


class Followed(TypedDict):
    """The data that `page.js` reads, for all lines of the leaderboard.

    Attributes:
        names: maps each lower-case name that the table's filter accepts to the position of its
            column.
        colours: colours of the learning curves.
        curves: for each line, plotly traces of the seeds, the band and the mean; only the seed's
            trace if there is one seed.
        places: for each line, its position on each axis of the parallel coordinates; the null at
            the end separates it from the next line.
        steps: the axes' indices, in the order of `places`, also with a null at the end.
        pairs: maps the indices of two keys, such as `0,1`, to the heat map of these keys.
    """

    names: dict[str, int]
    colours: Sequence[str]
    curves: list[list[Plot]]
    places: list[list[float | None]]
    steps: list[int | None]
    pairs: dict[str, PairView]


def followed(board: Leaderboard, axes: Sequence[Axis]) -> Followed:
    """Collect the data that the page shows for selected lines.

    Args:
        board: the leaderboard.
        axes: axes of the parallel coordinates.
    """
    return {
        "names": _names(board),
        "colours": COLOURS,
        "curves": [*map(_curves, board.lines, _line_names(board))],
        "places": [
            [*(rounded(axis.places[i], 4) for axis in axes), None] for i in range(len(board.lines))
        ],
        "steps": [*range(len(axes)), None],
        "pairs": _pairs(board),
    }


def rounded(value: float | None, digits: int = 5) -> float | None:
    """Round a number to the digits that a figure can show; return None if it is not finite."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.{digits}g}")


def _names(board: Leaderboard) -> dict[str, int]:
    """Map column titles and full keys to column positions; the metric's name stands for `mean`."""
    titles = [column.title.lower() for column in columns(board)]
    longer = {key.lower(): place for place, key in enumerate(board.keys, 1)}
    longer[board.metric.lower()] = 1 + len(board.keys)
    return longer | {title: titles.index(title) for title in titles}


def _line_names(board: Leaderboard) -> list[str]:
    """Return each line's name for a legend: its rank and settings."""
    keys = columns(board)[1 : 1 + len(board.keys)]
    settings_of_lines = [
        " ".join(f"{column.title}={shorten(column.cells[i], 20)}" for column in keys) or "all runs"
        for i in range(len(board.lines))
    ]
    names = [
        _with_both_ends(f"{place}: {settings}")
        for place, settings in enumerate(settings_of_lines, 1)
    ]
    return ["<br>".join(map(plain, wrap(name, ROW, break_on_hyphens=False))) for name in names]


def _curves(line: Line, name: str) -> list[Plot]:
    """Make the traces of a configuration: its seeds, then the band and the mean on top."""
    seeds = [
        {
            "y": _values(row),
            "x0": 1,
            "meta": plain(row.seed),
            "legendgroup": name,
            "name": name,
            "connectgaps": True,
            "mode": "lines" if len(row.curve) > 1 else "markers",
            "hovertemplate": "epoch %{x}: %{y}<extra>%{fullData.name}, seed %{meta}</extra>",
        }
        for row in line.rows
    ]
    if line.n == 1:
        return seeds
    thin = [{**seed, "opacity": 0.45, "showlegend": False} for seed in seeds]
    return [*thin, *_mean_and_band(line, name)]


def _mean_and_band(line: Line, name: str) -> list[Plot]:
    epochs, mean, low, high = mean_curve(line)
    band = {
        "x": [*epochs, *reversed(epochs)],
        "y": [*map(rounded, high), *map(rounded, reversed(low))],
        "fill": "toself",
        "mode": "lines",
        "opacity": 0.35,
        "legendgroup": name,
        "name": name,
        "showlegend": False,
        "hoverinfo": "skip",
    }
    middle = {
        "x": epochs,
        "y": [*map(rounded, mean)],
        "legendgroup": name,
        "name": name,
        "mode": "lines" if len(epochs) > 1 else "markers",
        "hovertemplate": f"epoch %{{x}}: %{{y}}<extra>%{{fullData.name}}, {MEAN}</extra>",
        "meta": MEAN,
    }
    return [band, middle]


def _with_both_ends(name: str) -> str:
    """Shorten a long name in its middle, since names may differ only in their last keys."""
    half = NAME // 2
    return name if len(name) <= NAME else f"{name[: NAME - half - 2]}… {name[-half:]}"


def _values(row: Row) -> list[float | None]:
    """Return the metric's value in each epoch, from the first on; None where it is missing."""
    values = dict(row.curve)
    return [rounded(values.get(epoch)) for epoch in range(1, max(values, default=0) + 1)]


def _pairs(board: Leaderboard) -> dict[str, PairView]:
    names, of = [*short_keys(board.keys).values()], key_levels(board)
    none: PairView = {
        "note": "Choose two different keys.",
        "figure": {"data": [], "config": CONFIG},
    }
    entries = {f"{key},{key}": none for key in range(len(of))}
    unfair = UNFAIR + EFFECTS if any(effect.levels for effect in board.effects) else UNFAIR
    for pair in pairs(board, of):
        figure = heat(board, pair, names, of)
        note = f"Mean {board.metric} of the runs in each cell. {FAIR if pair.fair else unfair}"
        entries[f"{pair.first},{pair.second}"] = {"note": note, "figure": figure}
    return entries
