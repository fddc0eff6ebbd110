"""Dates in the form 2024-12-31."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from reviewlab.exceptions import InputError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?![\d-])")


def read_day(text: str | None, key: str) -> str | None:
    """Return the day that an option is set to, as YYYY-MM-DD; None if it is not set.

    Args:
        text: the option's value; None if it is not set.
        key: name of the option, for the message.

    Raises:
        InputError: the value is not a day.
    """
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(
            f"{key}: {text!r} is not allowed; allowed: a day such as 2025-01-01, or null"
        ) from None


def read_dates(values: Sequence[Any]) -> tuple[list[str], list[int]]:
    """Convert dates to strings ("" for null); also return the indices of invalid ones."""
    texts = ["" if value is None else str(value).strip() for value in values]
    return texts, [row for row, text in enumerate(texts) if text and not is_date(text)]


def is_date(text: str) -> bool:
    """Test if a string is a date such as 2024-12-31, with or without a time after it."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.match(text) is not None
