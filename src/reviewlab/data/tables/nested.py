"""Values inside objects, addressed by a dotted path such as `review.body`."""

from collections.abc import Iterator, Sequence
from typing import Any

Rows = dict[str, Sequence[Any]]
"""Column name -> values; all columns have the same length, and are in the order of the file."""


def pick(rows: Rows, name: str) -> Sequence[Any]:
    """Return the values of a column, or those at a dotted path inside a column of objects.

    Args:
        rows: a chunk of a table.
        name: name of a column, or else a dotted path; rows that lack the path have None.
    """
    if name in rows:
        return rows[name]
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    column = next(prefix for prefix in prefixes if prefix in rows)
    path = parts[column.count(".") + 1 :]
    values = rows[column]
    if isinstance(values, list):
        return [_reach(value, path) for value in values]
    from pyarrow import compute

    return compute.struct_field(values, path)  # type: ignore[no-any-return]


def paths_in(name: str, value: Any) -> Iterator[str]:
    """Yield the dotted paths to all values inside an object of the column `name`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{name}.{key}"
            yield from paths_in(f"{name}.{key}", inner)


def _reach(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
