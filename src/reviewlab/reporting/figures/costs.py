"""The metric against its cost in parameters and training time."""

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from reviewlab.reporting.figures.style import COLOURS, MOST_COLOURS, make_figure, name_of
from reviewlab.reporting.leaderboard import Leaderboard


def draw_costs(board: Leaderboard) -> Figure | None:
    """Plot the metric against parameters and training time, the best configurations in colour.

    Return None if the number of parameters is unknown, as for runs from elsewhere.
    """
    if not any(line.parameters for line in board.lines):
        return None
    figure, axes = make_figure(10, 4.2, 1, 2, share=True)
    for axis, name in zip(axes, ("parameters", "seconds"), strict=True):
        values = [max(getattr(line, name), 1e-3) for line in board.lines]
        rest = [line.mean for line in board.lines[MOST_COLOURS:]]
        axis.plot(values[MOST_COLOURS:], rest, "o", color="0.75", markersize=4)
        for line, value, colour in reversed([*zip(board.lines, values, COLOURS, strict=False)]):
            label = name_of(board, line)
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
    others = "; grey: the means of the others" if len(board.lines) > MOST_COLOURS else ""
    figure.suptitle(f"mean and standard deviation over seeds{others}", x=0.01, ha="left")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles[::-1], labels[::-1], loc="outside right upper", fontsize="small", frameon=False
    )
    return figure
