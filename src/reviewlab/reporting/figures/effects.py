"""Draw the main effects: the mean metric for each value of each key."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reviewlab.console.text import shorten
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.effects import Effect
from reviewlab.reporting.figures.style import make_figure
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.varied import order, short_keys

PANELS = 12


def draw_effects(board: Leaderboard) -> Figure | None:
    """Draw one panel per key: for each of its values, the mean over all other settings."""
    drawn = [effect for effect in board.effects if effect.levels][:PANELS]
    if not drawn:
        return None
    columns = min(3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure, axes = make_figure(max(4.5, 3.2 * columns), 3.2 * rows, rows, columns, share=True)
    short = short_keys(board.keys)
    for axis, effect in zip(axes, drawn, strict=False):
        _levels(axis, effect)
        axis.set_xlabel(shorten(short[effect.key], 34))
    for axis in axes[len(drawn) :]:
        axis.set_visible(False)
    for axis in axes[::columns]:
        axis.set_ylabel(board.metric)
    title = "mean over everything else"
    if drawn[0].levels[0].half:
        title += "\nbars: 95 % interval of the difference to the best value"
    figure.suptitle(title, x=0.01, ha="left", fontsize="medium")
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
