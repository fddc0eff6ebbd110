"""Refuse values from files that are not plain, or that take far more room than their file."""

from typing import Any

DEEPEST = 100
"""Bound on the nesting of values. Those of a run are nested about ten deep."""

MOST = 10_000_000
"""The number of values that a file may stand for, where it refers to one of them repeatedly."""

LARGEST_INTEGER = 2**63 - 1

SCALARS = (str, int, float, bool, type(None))


def refuse_unusual(value: Any) -> None:
    """Refuse values that no config has: dates, sets, bytes, and whole numbers beyond 64 bits.

    Args:
        value: a value that `count_values` accepts.

    Raises:
        ValueError: there is such a value, or a key that is not a text or a number.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, SCALARS):
                raise ValueError(f"a key is of the type {type(key).__name__}; allowed: a text")
            refuse_unusual(item)
    elif isinstance(value, list | tuple):
        for item in value:
            refuse_unusual(item)
    elif not isinstance(value, SCALARS):
        raise ValueError(
            f"a value is of the type {type(value).__name__}; allowed: texts, numbers, true, false, "
            "null, lists and mappings"
        )
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"a whole number has {value.bit_length()} bits; allowed: at most 64")


def count_values(value: Any) -> int:
    """Return the number of values in nested containers, counting a shared one each time.

    It takes no longer than to look at every container once.

    Raises:
        ValueError: a container contains itself, the values are nested too deeply, or there are too
            many.
    """
    count, _ = _measure(value, {}, 0)
    if count > MOST:
        raise ValueError(f"it stands for more than {MOST:,} values")
    return count


def _measure(value: Any, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
    """Return the number of values in a container, and how deeply they are nested.

    Args:
        value: the container, or any other value.
        known: the result for each container that has been measured, by its id.
        depth: how deeply `value` is nested itself.
    """
    items = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list | tuple | set):
        return 1, 0
    if id(value) not in known:
        if depth > DEEPEST:
            raise ValueError(f"its values are nested more than {DEEPEST} deep")
        known[id(value)] = (MOST, DEEPEST)  # it may contain itself
        measured = [_measure(item, known, depth + 1) for item in items]
        height = 1 + max((inner for _, inner in measured), default=0)
        known[id(value)] = (1 + sum(count for count, _ in measured), height)
    count, height = known[id(value)]
    if height > DEEPEST:
        raise ValueError(f"its values are nested more than {DEEPEST} deep")
    return count, height
