"""Return tables as pandas DataFrames, or as plain columns if pandas is not installed.

pandas usually is installed, because the package datasets depends on it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


def as_table(columns: dict[str, list[Any]]) -> "pandas.DataFrame | dict[str, list[Any]]":
    """Return columns as a DataFrame, or unchanged if pandas is not installed."""
    try:
        import pandas  # imported late: it takes half a second
    except ImportError:
        return columns
    return pandas.DataFrame(columns)


def as_numbers(cells: Sequence[Any]) -> list[Any]:
    """Convert settings to numbers if all of them are numbers, so that a table sorts numerically.

    >>> as_numbers(["0.001", "1"]), as_numbers(["lstm", "1"])
    ([0.001, 1], ['lstm', '1'])
    """
    try:
        return [None if cell is None else _as_number(cell) for cell in cells]
    except ValueError:
        return [*cells]


def _as_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
