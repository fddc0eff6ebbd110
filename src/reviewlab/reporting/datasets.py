"""Runs on different data: their numbers do not compare, so that each data set has its own table."""

from collections import defaultdict
from collections.abc import Sequence

from reviewlab.reporting.rows import Row
from reviewlab.reporting.varied import varied

DIGITS = 8
"""Digits of a fingerprint that name data where no setting tells them apart."""


def split_by_data(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows by a name of the data that they were measured on, in the order they came."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.data].append(row)
    names = _names([group[0] for group in groups.values()])
    return dict(zip(names, groups.values(), strict=True))


def _names(firsts: Sequence[Row]) -> list[str]:
    """Name data after what was chosen of them, and after their content where that is not enough."""
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
