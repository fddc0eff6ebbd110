"""The work that a sweep has left, by the rule by which the next launch finds its jobs."""

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.unfinished import Left
from reviewlab.sweeps.folder import SweepRecord
from reviewlab.sweeps.outcome import is_over, known_status


def remaining_work(board: Leaderboard, sweep: SweepRecord) -> Left:
    """Return what a sweep still has to do.

    A search makes its jobs as it goes, so that none is waiting. Of a grid that was made smaller
    some jobs are not counted.

    Args:
        board: the leaderboard of the sweep.
        sweep: its `sweep.yaml`; where that does not say how often a job may fail, it is once.
    """
    command, planned = sweep.get("command"), sweep.get("jobs")
    max_attempts = sweep.get("max_attempts")
    attempts = max_attempts if isinstance(max_attempts, int) else 1
    begun = sum(line.n for line in board.lines) + len(board.others)
    jobs = max(0, planned - begun) if isinstance(planned, int) else 0
    goes_on = jobs > 0 or _goes_on(board, attempts)
    return Left(jobs, command if goes_on and isinstance(command, str) else "")


def _goes_on(board: Leaderboard, attempts: int) -> bool:
    """Tell whether any job that began needs more work.

    Args:
        board: the leaderboard of the sweep.
        attempts: how often a job may fail before it is not tried again.
    """
    folders = [row.folder for row in board.others]
    return not all(is_over(known_status(folder), folder, attempts) for folder in folders)
