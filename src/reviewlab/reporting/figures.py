"""The figures of a leaderboard, as PNG files.

Drawn through matplotlib's objects, not through `pyplot`: no display and no global state.
"""

import textwrap
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from reviewlab.console.text import count_of, shorten
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.curves import BAND, mean_curve
from reviewlab.reporting.effects import Effect
from reviewlab.reporting.leaderboard import Leaderboard, Line
from reviewlab.reporting.varied import order, short_keys
from reviewlab.runs.files import atomic_path

CURVES = 10
"""More cannot be told apart by colour."""

COLOURS = [f"C{i}" for i in range(CURVES)]
STYLE: Any = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "font.size": 10,
    "text.parse_math": False,
}


def draw(board: Leaderboard, folder: Path) -> list[Path]:
    """Draw what there is to see, and say which files that made."""
    if not board.lines:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with rc_context(STYLE), catch_warnings():
        filterwarnings("ignore", "Glyph .* missing")  # a box stands for it, and the table has it
        figures = {
            "learning_curves": learning_curves(board),
            "main_effects": effects(board),
            "parameters_and_time": costs(board),
        }
        drawings = {folder / f"{name}.png": figure for name, figure in figures.items() if figure}
        for path, figure in drawings.items():
            save(figure, path)
    return list(drawings)


def learning_curves(board: Leaderboard) -> Figure | None:
    """Draw the metric by epoch of the best configurations: mean, band and seeds."""
    lines = [line for line in board.lines[:CURVES] if any(row.curve for row in line.rows)]
    if not lines:
        return None
    figure, (axes,) = _figure(9, 4.5, 1)
    for line, colour in zip(lines, COLOURS, strict=False):
        _curve(axes, line, colour, _label(board, line))
    most = max(row.epochs for line in lines for row in line.rows)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0.8, max(most, 2) + 0.2)
    axes.set(xlabel="epoch", ylabel=board.metric)
    legend = figure.legend(loc="outside right upper", fontsize="small", frameon=False)
    if any(line.n > 1 for line in lines):
        legend.set_title(f"mean over seeds; {BAND};\nthin: single seeds")
        legend.get_title().set_fontsize("small")
        legend.set_alignment("left")
    if len(lines) < len(board.lines):
        of_all = count_of(len(board.lines), "configuration")
        axes.set_title(f"the best {len(lines)} of {of_all}", loc="left")
    return figure


def _curve(axes: Axes, line: Line, colour: str, label: str) -> None:
    """Draw one configuration.

    Args:
        axes: to draw on.
        line: the configuration.
        colour: of all that belongs to it.
        label: in the legend.
    """
    if line.n > 1:
        for row in line.rows:
            if row.curve:
                axes.plot(*zip(*row.curve, strict=True), color=colour, alpha=0.4, linewidth=0.7)
    epochs, mean, low, high = mean_curve(line)
    axes.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(epochs, mean, color=colour, marker=".", linewidth=2, label=label)


def effects(board: Leaderboard) -> Figure | None:
    """The mean over everything else by value, a panel a key."""
    drawn = [effect for effect in board.effects if effect.levels][:12]
    if not drawn:
        return None
    columns = min(3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure, axes = _figure(max(4.5, 3.2 * columns), 3.2 * rows, rows, columns, share=True)
    short = short_keys(board.keys)
    for axis, effect in zip(axes, drawn, strict=False):
        _levels(axis, effect)
        axis.set_xlabel(shorten(short[effect.key], 34))
    for axis in axes[len(drawn) :]:
        axis.set_visible(False)
    for axis in axes[::columns]:
        axis.set_ylabel(board.metric)
    note = "bars: 95 % of the difference to the best value" if drawn[0].levels[0].half else ""
    figure.suptitle(f"mean over everything else; {note}".rstrip("; "), x=0.01, ha="left")
    return figure


def costs(board: Leaderboard) -> Figure | None:
    """The metric against parameters and against training time; the best ones have colours."""
    figure, axes = _figure(10, 4.2, 1, 2, share=True)
    for axis, name in zip(axes, ("parameters", "seconds"), strict=True):
        values = [max(getattr(line, name), 1e-3) for line in board.lines]
        rest = [line.mean for line in board.lines[CURVES:]]
        axis.plot(values[CURVES:], rest, "o", color="0.75", markersize=4)
        for line, value, colour in reversed([*zip(board.lines, values, COLOURS, strict=False)]):
            label = _label(board, line)
            axis.errorbar(
                value, line.mean, line.deviation, fmt="o", color=colour, capsize=2, label=label
            )
        if max(values) > 10 * min(values):
            axis.set_xscale("log")
            axis.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
            axis.xaxis.set_major_formatter("{x:,.6g}")  # powers of ten would need math text
            axis.xaxis.set_minor_locator(NullLocator())
        elif name == "parameters":
            axis.xaxis.set_major_formatter("{x:,.0f}")
            axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes[0].set(xlabel="parameters", ylabel=board.metric)
    axes[1].set(xlabel="training time of a run [s]")
    others = "; grey: the means of the others" if len(board.lines) > CURVES else ""
    figure.suptitle(f"mean and standard deviation over seeds{others}", x=0.01, ha="left")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles[::-1], labels[::-1], loc="outside right upper", fontsize="small", frameon=False
    )
    return figure


def _levels(axis: Axes, effect: Effect) -> None:
    levels = sorted(effect.levels, key=lambda level: order(level.value))
    places = range(len(levels))
    axis.errorbar(
        places,
        [level.mean for level in levels],
        [(level.half or 0.0) if level.difference else 0.0 for level in levels],
        fmt="o-",
        capsize=3,
    )
    small = len(levels) > 4 or max(len(level.value) for level in levels) > 8
    apart = -(-len(levels) // 10)
    axis.set_xticks(
        places[::apart],
        [shorten(without_rounding_error(level.value), 18) for level in levels[::apart]],
    )
    axis.tick_params(axis="x", rotation=30 if small else 0)
    axis.set_xlim(-0.4, len(levels) - 0.6)


def _label(board: Leaderboard, line: Line) -> str:
    """The line's rank, by which the table has the rest, and what fits of its settings."""
    short = short_keys(board.keys)
    settings = " ".join(
        f"{short[key]}={shorten(without_rounding_error(v), 20)}" for key, v in line.settings.items()
    )
    rank = board.lines.index(line) + 1
    wrapped = textwrap.wrap(f"{rank}: {settings or 'all runs'}", 40, subsequent_indent="    ")
    ellipsis = "…" if len(wrapped) > 2 else ""
    return "\n".join(wrapped[:2]) + ellipsis


def _figure(
    width: float, height: float, rows: int, columns: int = 1, share: bool = False
) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained", dpi=130)
    axes = figure.subplots(rows, columns, sharey=share, squeeze=False)
    return figure, list(axes.flat)


def save(figure: Figure, path: Path) -> None:
    """Write `figure` as a PNG file, atomically."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png")
