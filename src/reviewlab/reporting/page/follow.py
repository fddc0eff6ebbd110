"""What the page's figures show of the lines that the reader selects: compact, and rounded."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reviewlab.reporting.cells import columns
from reviewlab.reporting.leaderboard import Leaderboard, Line
from reviewlab.reporting.page.figures import CONFIG, heat, plain
from reviewlab.reporting.page.pairs import key_levels, pairs
from reviewlab.reporting.page.scale import Axis, cut
from reviewlab.reporting.rows import Row
from reviewlab.reporting.varied import short_keys

NAME = 70
"""Characters of a configuration's name in a legend."""

COLOURS = ("#1f83d4", "#e8710a", "#2a9d5c", "#d6405b", "#8a63d2",
           "#a06a4c", "#d159b0", "#6f7f8f", "#9a9a1f", "#17a2b8")  # fmt: skip
"""Of learning curves; each can be told from white and from black."""

FAIR = "All cells were run with the same other settings, so that they compare."
UNFAIR = (
    "The cells were not all run with the same other settings: a difference between two of them may"
    " be those settings' doing. The main effects compare like with like."
)


def followed(board: Leaderboard, axes: Sequence[Axis]) -> dict[str, Any]:
    """Lists by line, in the order of the leaderboard.

    curves: plotly's traces, a seed each; colours: for them.
    places: on the axes of the parallel coordinates, whose numbers `steps` has; both end in null,
        which ends a line.
    titles: of the table's columns.
    pairs: the heat map of two keys and what to think of it, under the keys' numbers.
    """
    return {
        "titles": [column.title.lower() for column in columns(board)],
        "colours": COLOURS,
        "curves": [_curves(place, line, board) for place, line in enumerate(board.lines, 1)],
        "places": [
            [*(rounded(axis.places[i], 4) for axis in axes), None] for i in range(len(board.lines))
        ],
        "steps": [*range(len(axes)), None],
        "pairs": _pairs(board),
    }


def rounded(value: float | None, digits: int = 5) -> float | None:
    """With as many digits as can be seen in a figure."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.{digits}g}")


def _curves(place: int, line: Line, board: Leaderboard) -> list[dict[str, Any]]:
    short = short_keys(board.keys)
    settings = " ".join(f"{short[key]}={cut(v, 20)}" for key, v in line.settings.items())
    name = plain(_with_both_ends(f"{place}: {settings or 'all runs'}"))
    return [
        {
            "y": _values(row),
            "x0": 1,
            "name": name,
            "meta": plain(row.seed),
            "legendgroup": name,
            "showlegend": row is line.rows[0],
            "connectgaps": True,
            "mode": "lines" if len(row.curve) > 1 else "markers",
            "hovertemplate": "epoch %{x}: %{y}<extra>%{fullData.name}, seed %{meta}</extra>",
        }
        for row in line.rows
    ]


def _with_both_ends(name: str) -> str:
    """A long name without its middle: the keys in which it differs may be the last ones."""
    half = NAME // 2
    return name if len(name) <= NAME else f"{name[: NAME - half - 1]}…{name[-half:]}"


def _values(row: Row) -> list[float | None]:
    """A value an epoch from the first; None where there was none."""
    values = dict(row.curve)
    return [rounded(values.get(epoch)) for epoch in range(1, max(values, default=0) + 1)]


def _pairs(board: Leaderboard) -> dict[str, Any]:
    names, of = [*short_keys(board.keys).values()], key_levels(board)
    none = {"note": "Choose two different keys.", "figure": {"data": [], "config": CONFIG}}
    made: dict[str, Any] = {f"{key},{key}": none for key in range(len(of))}
    for pair in pairs(board, of):
        figure = heat(board, pair, names, of)
        note = f"Mean {board.metric} of the runs in each cell. {FAIR if pair.fair else UNFAIR}"
        made[f"{pair.first},{pair.second}"] = {"note": note, "figure": figure}
    return made
