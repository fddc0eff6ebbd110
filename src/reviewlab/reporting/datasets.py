"""Split runs by data set: numbers measured on different data cannot be compared."""

from collections import defaultdict
from collections.abc import Sequence

from reviewlab.reporting.rows import Row
from reviewlab.reporting.varied import varied

DIGITS = 8
"""Leading digits of the fingerprint, which tell apart data sets with the same settings."""


def split_by_data(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Map the name of each data set to the rows that were measured on it."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.data].append(row)
    names = _names([group[0] for group in groups.values()])
    return dict(zip(names, groups.values(), strict=True))


def _names(firsts: Sequence[Row]) -> list[str]:
    """Name the data set of each row by its settings, with fingerprints if those are not unique."""
    names = [
        ", ".join(f"{key}={value}" for key, value in settings.items() if _is_of_data(key))
        for settings in varied(firsts)
    ]
    if all(names) and len({*names}) == len(names):
        return names
    prints = [f"data {row.data[:DIGITS]}" for row in firsts]
    return [", ".join(filter(None, pair)) for pair in zip(names, prints, strict=True)]


def _is_of_data(key: str) -> bool:
    return key == "data" or (key.startswith("data.") and not key.startswith("data.text."))
