"""What is left of a sweep, by the rule by which the next launch finds its jobs."""

from collections.abc import Mapping
from typing import Any

from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.page.unfinished import Left
from reviewlab.sweeps.grid import is_over
from reviewlab.sweeps.outcome import known_status


def left(board: Leaderboard, sweep: Mapping[str, Any]) -> Left:
    """What a sweep still has to do; of a grid that was made smaller some jobs are not counted.

    sweep: its `sweep.yaml`; where that does not say how often a job may fail, it is once.

    A search makes its jobs as it goes, so that none is waiting.
    """
    command, planned = sweep.get("command"), sweep.get("jobs")
    begun = sum(line.n for line in board.lines) + len(board.others)
    jobs = max(0, planned - begun) if isinstance(planned, int) else 0
    goes_on = jobs > 0 or _goes_on(board, sweep.get("max_attempts"))
    return Left(jobs, command if goes_on and isinstance(command, str) else "")


def _goes_on(board: Leaderboard, max_attempts: object) -> bool:
    """Whether any job that began needs more work."""
    attempts = max_attempts if isinstance(max_attempts, int) else 1
    folders = [row.folder for row in board.others]
    return not all(is_over(known_status(folder), folder, attempts) for folder in folders)
