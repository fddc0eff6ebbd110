"""Learning curves: means over seeds, with a thin curve for each seed."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reviewlab.console.text import count_of
from reviewlab.reporting.curves import BAND, mean_curve
from reviewlab.reporting.figures.style import COLOURS, MOST_COLOURS, make_figure, name_of
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line


def draw_learning_curves(board: Leaderboard) -> Figure | None:
    """Plot the best configurations' metric by epoch: the mean, the range and each seed."""
    lines = [line for line in board.lines[:MOST_COLOURS] if any(row.curve for row in line.rows)]
    if not lines:
        return None
    figure, (axes,) = make_figure(9, 4.5)
    for line, colour in zip(lines, COLOURS, strict=False):
        _curve(axes, line, colour, name_of(board, line))
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
    """Draw the learning curve of one configuration.

    Args:
        axes: the axes to draw on.
        line: the configuration.
        colour: colour of its curves and its band.
        label: the label in the legend.
    """
    if line.n > 1:
        for row in line.rows:
            if row.curve:
                axes.plot(*zip(*row.curve, strict=True), color=colour, alpha=0.4, linewidth=0.7)
    epochs, mean, low, high = mean_curve(line)
    axes.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(epochs, mean, color=colour, marker=".", linewidth=2, label=label)
