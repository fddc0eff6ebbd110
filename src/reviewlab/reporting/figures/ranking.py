"""The leaderboard as a figure: means, intervals and seeds, best first."""

from collections.abc import Sequence
from statistics import mean

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reviewlab.console.text import count_of
from reviewlab.reporting.figures.style import make_figure, name_of
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.verdicts import Verdict

ROWS = 20
"""Most configurations that are drawn; more would not fit on a slide."""

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "best": ("C0", "best"),
    "equal": ("#3a9d8f", "equal within the margin"),
    "undecided": ("#7fb2dc", "cannot be told from the best"),
    "worse": ("#d1495b", "worse"),
    "unknown": ("0.6", "nothing can be claimed"),
}
"""The colour of each verdict, and its label in the legend."""


def draw_ranking(board: Leaderboard) -> Figure:
    """Draw the best configurations, each with its mean, its interval and a mark per seed."""
    lines = board.lines[:ROWS]
    figure, (axes,) = make_figure(9, 1.6 + 0.36 * len(lines))
    for place, line in enumerate(lines):
        _draw_line(axes, place, line)
    axes.set_yticks(range(len(lines)), [name_of(board, line) for line in lines], fontsize="small")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(board.metric)
    handles = [*_verdicts(lines), *_baselines(axes, board)]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=3, fontsize="small", frameon=False
    )
    several = any(line.n > 1 for line in lines)
    title = "mean and 95 % interval; small: single seeds" if several else ""
    if len(lines) < len(board.lines):
        of_all = f"the best {len(lines)} of {count_of(len(board.lines), 'configuration')}"
        title = f"{title}; {of_all}" if title else of_all
    axes.set_title(title, loc="left", fontsize="medium")
    return figure


def _draw_line(axes: Axes, place: int, line: Line) -> None:
    colour, _ = VERDICTS[line.verdict]
    if line.bounds is not None:
        axes.plot(line.bounds, [place, place], color=colour, linewidth=2, solid_capstyle="butt")
    if line.n > 1:
        values = [row.value for row in line.rows if row.value is not None]
        axes.plot(values, [place] * len(values), "|", color=colour, markersize=9, alpha=0.8)
    axes.plot([line.mean], [place], "o", color=colour, markersize=7)


def _verdicts(lines: Sequence[Line]) -> list[Line2D]:
    """Make a legend entry for each verdict that occurs in `lines`."""
    present = {line.verdict for line in lines}
    return [
        Line2D([], [], marker="o", linestyle="", color=colour, label=meaning)
        for verdict, (colour, meaning) in VERDICTS.items()
        if verdict in present
    ]


def _baselines(axes: Axes, board: Leaderboard) -> list[Line2D]:
    """Draw the baselines as vertical lines, each at its mean over the runs."""
    rows = board.rows
    known = {
        "commonest class": (":", [r.baseline for r in rows if r.baseline is not None]),
        "n-grams": ("--", [r.ngram_baseline for r in rows if r.ngram_baseline is not None]),
    }
    return [
        axes.axvline(mean(values), color="0.35", linestyle=style, linewidth=1, label=name)
        for name, (style, values) in known.items()
        if values
    ]
