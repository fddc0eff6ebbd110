"""Write the interactive page of a sweep, for which its best run's mistakes may be analysed."""

import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.console.table import on_one_line
from reviewlab.exceptions import InputError
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.winner import winner
from reviewlab.sweeps.folder import SweepRecord
from reviewlab.sweeps.grid_source import remaining_work


def write_sweep_page(board: Leaderboard, title: str, path: Path, sweep: SweepRecord) -> None:
    """Write the interactive page of a leaderboard, with the best run's mistakes.

    The mistakes are analysed first if that has not been done before.

    Args:
        board: the leaderboard.
        title: title of the page.
        path: file to write the page to.
        sweep: the sweep's settings; empty if there is no sweep.
    """
    from reviewlab.reporting.page.document import write_page  # late: plotly is slow to import

    unseen = ""
    if board.lines and winner(board).errors is None:
        unseen = _analyse_errors([row.folder for row in board.lines[0].rows])
    write_page(board, title, path, unseen, remaining_work(board, sweep))


def _analyse_errors(runs: Sequence[Path]) -> str:
    """Write `errors.json` for the first run that has its checkpoint and its data.

    Returns:
        The reason why no run could be analysed; empty if one was.
    """
    from reviewlab.evaluation.error_analysis import measure_errors

    reasons = []
    for run in runs:
        try:
            measure_errors(run)
            return ""
        except InputError as error:
            reasons.append(str(error))
    sys.stderr.write(f"the page does not show the winner's mistakes: {on_one_line(reasons[0])}\n")
    return reasons[0]
