"""Days that are written as 2024-12-31."""

import re
from datetime import date, datetime

from reviewlab.exceptions import InputError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?![\d-])")


def read_day(text: str | None, key: str) -> str | None:
    """Return a day as it was given to an option, or refuse what is none.

    Args:
        text: year, month and day; None for no day.
        key: of the option.

    Raises:
        InputError: it is no day.
    """
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(
            f"{key}: {text!r} is not allowed; allowed: a day as 2025-01-01, or null"
        ) from None


def is_date(text: str) -> bool:
    """Tell if a text is a day, alone or with a time behind it."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.match(text) is not None
