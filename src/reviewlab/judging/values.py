"""Interpret the cells of a table of runs: numbers, settings, states and times.

The cells of a text file are strings; those of Parquet, JSON and a study have types. Both give the
same values.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from reviewlab.reporting.varied import format_setting
from reviewlab.runs.identity import Hyperparameter

WITHOUT_NUMBER = {"", "none", "null", "na", "n/a", "<na>"}
"""Words that stand for a missing number, in lower case."""

NUMBER = re.compile(r"[-+]?((\d+\.?\d*|\.\d+)(e[-+]?\d+)?|inf|infinity)|nan", re.IGNORECASE)

WHOLE = re.compile(r"[-+]?(0|[1-9]\d*)")
"""A whole number; `007` is none, since it is rather a name."""

REAL = re.compile(r"[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)

TRUTH = {"true": True, "false": False}

STATES = {
    "done": ("done", "complete", "completed", "finished", "success", "succeeded"),
    "failed": ("failed", "fail", "failure", "crashed", "error", "diverged"),
    "pruned": ("pruned", "stopped"),
    "killed": ("killed", "cancelled", "canceled", "terminated", "aborted"),
    "preempted": ("preempted", "preempting"),
    "running": ("running",),
    "queued": ("queued", "waiting", "pending", "scheduled"),
    "unreadable": ("unreadable",),
}
"""Maps each state of a run to the words for it in other projects, in lower case."""

STATE_OF = {word: state for state, words in STATES.items() for word in words}


def to_number(cell: Any) -> float | None:
    """Return the number in a cell; None if the cell is empty.

    Raises:
        ValueError: the cell holds something else.
    """
    if isinstance(cell, bool):
        raise ValueError("a truth value is no number")
    if cell is None or isinstance(cell, int | float | Decimal):
        return None if cell is None else float(cell)
    text = str(cell).strip()
    if text.lower() in WITHOUT_NUMBER:
        return None
    if not NUMBER.fullmatch(text):  # float() also accepts 1_000
        raise ValueError("no number")
    return float(text)


def to_settings(cells: Sequence[Any]) -> list[Hyperparameter]:
    """Return the values of a column of settings; an empty cell is None.

    They are numbers if all of them are, so that `0.001` and `1e-3` are one setting. Likewise, they
    are truth values if all of them are `true` or `false`, in any case.

    >>> to_settings(["1e-3", "0.001", ""]), to_settings(["1", "lstm"])
    ([0.001, 0.001, None], ['1', 'lstm'])
    """
    texts = [*map(_text, cells)]
    present = [text for text in texts if text]
    if all(text.lower() in TRUTH for text in present):
        return [TRUTH[text.lower()] if text else None for text in texts]
    if all(map(WHOLE.fullmatch, present)):
        return [int(text) if text else None for text in texts]
    if all(map(REAL.fullmatch, present)):
        return [float(text) if text else None for text in texts]
    return [text or None for text in texts]


def to_names(cells: Sequence[Any]) -> list[str]:
    """Return the values of a column of seeds or folds as text; an empty cell is empty text.

    >>> to_names([0.0, 1.0, None]), to_names(["00", "01"])
    (['0', '1', ''], ['00', '01'])
    """
    return ["" if value is None else format_setting(value) for value in to_settings(cells)]


def to_state(cell: Any) -> str | None:
    """Return the state of a run; None if the cell is empty.

    Raises:
        ValueError: the word for the state is unknown.
    """
    word = _text(cell).lower()
    if word and word not in STATE_OF:
        raise ValueError("no state")
    return STATE_OF[word] if word else None


def to_time(cell: Any) -> float | None:
    """Return a time in seconds since 1970; None if the cell is empty.

    A cell is a number, or a date in ISO format, in UTC unless it names another zone.

    Raises:
        ValueError: the cell holds something else.
    """
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime.combine(cell, time())
    if not isinstance(cell, datetime):
        try:
            number = to_number(cell)
        except ValueError:
            cell = datetime.fromisoformat(str(cell).strip())
        else:
            return None if number is None or math.isnan(number) else number
    moment: datetime = cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    return moment.timestamp()


def _text(cell: Any) -> str:
    """Write a cell as text, as a text file would hold it; empty if it has no value."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell).strip()
