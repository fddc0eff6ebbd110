"""Values inside of objects, reached by a dotted path: `review.body`."""

from collections.abc import Iterator, Sequence
from typing import Any

Rows = dict[str, Sequence[Any]]
"""Column name -> values; all columns have one length, and their order is that of the file."""


def pick(rows: Rows, name: str) -> Sequence[Any]:
    """Return a column, or the values that a dotted path reaches inside of one.

    Args:
        rows: a chunk of a table.
        name: of a column, which wins, or a path; what it does not reach is None.
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
    """Yield the dotted paths to all that is in an object, which stands in the column `name`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{name}.{key}"
            yield from paths_in(f"{name}.{key}", inner)


def _reach(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
