"""Report the tuning curves of a sweep: refuse dependent trials, format a table, draw a figure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewlab.exceptions import InputError
from reviewlab.reporting.reporter import Reporter
from reviewlab.reporting.tuning_groups import OPTION, make_tuning_curves
from reviewlab.reporting.tuning_text import tuning_text

if TYPE_CHECKING:
    from reviewlab.reporting.figures.style import Format


def refuse_dependent_trials(sweep: Mapping[str, Any]) -> None:
    """Refuse a sweep whose configurations are not independent draws, nor a grid.

    Args:
        sweep: content of `sweep.yaml`; empty if there is none, or if there are several sweeps.

    Raises:
        InputError: it is not known how the configurations were chosen, or `tpe` chose them.
    """
    if "search" not in sweep:
        raise InputError(
            f"{OPTION}: nothing says how the configurations were chosen; allowed: the folder of "
            "one sweep, with its sweep.yaml"
        )
    search = sweep["search"]
    if search is not None and search.get("sampler") != "random":
        raise InputError(
            f"{OPTION}: tpe chose the trials of this search by the results of earlier ones, so "
            "they say nothing about k random trials; allowed: a grid, or a search with "
            "hydra.sweeper.sampler=random"
        )


def report_tuning_curves(
    reporter: Reporter,
    key: str,
    sweep: Mapping[str, Any],
    width: int,
    print_as: "Format | None" = None,
) -> str:
    """Draw the tuning curves of a sweep, and return them as text.

    Args:
        reporter: the sweep's leaderboard.
        key: the key whose values are compared; empty for the first group that varies.
        sweep: content of `sweep.yaml`.
        width: terminal width in columns.
        print_as: format in which to draw the figure at print quality as well; None to skip this.
    """
    from reviewlab.reporting.figures.tuning_curve import draw_tuning_curves  # imports matplotlib

    tuned = make_tuning_curves(reporter.board, key)
    drawn = draw_tuning_curves(tuned, reporter.pictures, print_as)
    text = tuning_text(tuned, sweep["search"] is None, width)
    return "\n".join([text, "", *(f"figure: {path}" for path in drawn)])
