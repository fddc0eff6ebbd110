"""Runs without a value: alike ones together, with the end of what they said."""

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
"""Lines of a traceback: the call that failed and a few above it."""


@dataclass(frozen=True)
class Fate:
    """Runs that have ended alike, without a value.

    tail: the end of the first one's traceback; empty where the reason is all there is.
    folders: of them, as short as can be.
    """

    state: str
    reason: str
    tail: str
    folders: Sequence[str]


@dataclass(frozen=True)
class Left:
    """The work that is left of a sweep.

    jobs: that never began.
    command: that goes on with it; empty where nothing goes on, or where it is not known.
    """

    jobs: int = 0
    command: str = ""


NOTHING = Left()


def fates(board: Leaderboard, base: Path) -> list[Fate]:
    """Group runs by state and reason; those with a traceback first, as they ask for something."""
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
    """Count the runs in each state; those that were measured first."""
    measured = sum(line.n for line in board.lines)
    return {"measured": measured, **unfinished_states(board)}


def tail(folder: Path) -> str:
    """Return the end of the error in `status.json`, where it has more than one line."""
    with suppress(*UNREADABLE):
        lines = (read_status(folder).error or "").strip().splitlines()
        return "\n".join(lines[-TAIL:]) if len(lines) > 1 else ""
    return ""
