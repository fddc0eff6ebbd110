"""The look of all figures, and how they are saved.

Figures use matplotlib's object-oriented interface, since `pyplot` has global state and may open a
display.
"""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reviewlab.console.text import shorten
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.varied import short_keys
from reviewlab.runs.atomic import atomic_path

Format = Literal["svg", "pdf", "png"]

MOST_COLOURS = 10
"""Most colours in one figure; more could not be told apart."""

COLOURS = [f"C{i}" for i in range(MOST_COLOURS)]
STYLE: Any = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "font.size": 10,
    "text.parse_math": False,
}
FILES: Any = {
    "pdf.fonttype": 42,  # stores text as searchable letters, not as curves
    "svg.hashsalt": "reviewlab",  # the same figure always gives the same file
}

SCREEN, PRINT = 130, 300
"""Pixels per inch."""


@contextmanager
def drawing() -> Iterator[None]:
    """Within this block, draw in the style that all figures share."""
    with rc_context(STYLE), catch_warnings():
        filterwarnings("ignore", "Glyph .* missing")  # a box is drawn; tables have the character
        yield


def make_figure(
    width: float, height: float, rows: int = 1, columns: int = 1, share: bool = False
) -> tuple[Figure, list[Axes]]:
    """Make an empty figure.

    Args:
        width: width in inches.
        height: height in inches.
        rows: number of rows of axes.
        columns: number of columns of axes.
        share: whether all axes share one y scale.

    Returns:
        The figure, and its axes row by row.
    """
    figure = Figure(figsize=(width, height), layout="constrained", dpi=SCREEN)
    axes = figure.subplots(rows, columns, sharey=share, squeeze=False)
    return figure, list(axes.flat)


def save(figure: Figure, path: Path, dpi: float | None = None) -> None:
    """Write a figure atomically, in the format given by the file's suffix.

    Args:
        figure: the figure.
        path: the file to write.
        dpi: pixels per inch, for bitmap formats; None for the figure's own value.
    """
    format_ = path.suffix[1:]
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format_)
    with rc_context(FILES), atomic_path(path) as temporary:
        figure.savefig(temporary, format=format_, dpi=dpi or figure.dpi, metadata=metadata)


def name_of(board: Leaderboard, line: Line) -> str:
    """Name a line by its rank in the table and as many settings as fit on two rows."""
    short = short_keys(board.keys)
    settings = " ".join(
        f"{short[key]}={shorten(without_rounding_error(v), 20)}" for key, v in line.settings.items()
    )
    rank = board.lines.index(line) + 1
    wrapped = textwrap.wrap(f"{rank}: {settings or 'all runs'}", 40, subsequent_indent="    ")
    ellipsis = "…" if len(wrapped) > 2 else ""
    return "\n".join(wrapped[:2]) + ellipsis
