"""Names of labels, from values of any kind."""

import math
import re
from decimal import Decimal
from typing import Any

MOST_CLASSES = 50
"""A column with more distinct values is refused, since it is probably not the label."""

_NUMBER = re.compile(r"[+-]?(\d{1,300}\.?\d{0,300}|\.\d{1,300})([eE][+-]?\d{1,2})?", re.ASCII)
_TRUTH = ("true", "false")


def label_name(value: Any) -> str | None:
    """Return the name of the class that a value stands for; None for a missing label.

    All forms of a number have the same name: `4`, `4.0` and `"4.00"` are one class.

    >>> label_name(4.0), label_name(" positive"), label_name(True), label_name("0.370")
    ('4', 'positive', 'true', '0.37')

    Raises:
        ValueError: the value is a list or a mapping.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, list | tuple | dict | set):
        raise ValueError("is not a single value")
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return _bare(Decimal(text))
    if text.lower() in _TRUTH:
        return text.lower()
    return None if text.lower() in ("", "nan") else text


def number_of(name: str) -> Decimal | None:
    """Return a label's name as a number; None if it is not a number."""
    return Decimal(name) if _NUMBER.fullmatch(name) else None


def _bare(number: Decimal) -> str:
    if number == number.to_integral_value():
        return str(int(number))
    return format(number, "f").rstrip("0")
