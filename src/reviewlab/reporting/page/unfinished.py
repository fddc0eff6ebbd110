"""Runs without a value, grouped by state and reason, with the end of their traceback."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewlab.reporting.cells import fate, unfinished_states
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import Row
from reviewlab.runs.files import UNREADABLE
from reviewlab.runs.status import read_status

TAIL = 25
"""Lines of a traceback to show: the call that failed and a few above it."""


@dataclass(frozen=True)
class Fate:
    """Runs without a value that ended in the same way.

    Attributes:
        state: state of all these runs.
        reason: why they have no value, in one line.
        tail: the end of the first run's traceback; empty if the run recorded none.
        folders: the runs' folders, as relative paths if possible.
    """

    state: str
    reason: str
    tail: str
    folders: Sequence[str]


@dataclass(frozen=True)
class Left:
    """The jobs of a sweep that never began.

    Attributes:
        jobs: the number of jobs that never began.
        command: command that continues the sweep; empty if none is known.
    """

    jobs: int = 0
    command: str = ""


NOTHING = Left()


def fates(board: Leaderboard, base: Path) -> list[Fate]:
    """Group runs by state and reason; groups with a traceback, which need a fix, come first."""
    alike: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in board.others:
        state, _, reason = fate(row, base)
        alike[state, reason].append(row)
    groups = [
        Fate(state, reason, tail(rows[0].folder), [fate(row, base)[1] for row in rows])
        for (state, reason), rows in alike.items()
    ]
    return sorted(groups, key=lambda one: not one.tail)


def states(board: Leaderboard) -> dict[str, int]:
    """Count the runs in each state, beginning with those that were measured."""
    measured = sum(line.n for line in board.lines)
    return {"measured": measured, **unfinished_states(board)}


def tail(folder: Path) -> str:
    """Return the last lines of the traceback in `status.json`; empty if the error is one line."""
    with suppress(*UNREADABLE):
        lines = (read_status(folder).error or "").strip().splitlines()
        return "\n".join(lines[-TAIL:]) if len(lines) > 1 else ""
    return ""
