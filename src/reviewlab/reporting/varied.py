"""The settings that differ between runs, formatted as on a command line."""

import math
from collections.abc import Mapping, Sequence, Set

from reviewlab.reporting.rows import Row
from reviewlab.runs.identity import Hyperparameter

Settings = Mapping[str, str]

ABSENT = "-"
"""Shown for a key that a configuration does not have."""

MODEL = "model"

EXPERIMENT = "experiment"
"""A node whose choice sets all other nodes, so that `experiment=a,b` varies only one key."""


def varied(rows: Sequence[Row]) -> list[Settings]:
    """Return, for each row, the settings that differ between rows, formatted as text.

    Keys whose values follow from the choice of their node are left out: with `model=lstm,mlp`, only
    `model` varies, even if the two models differ in `model.dropout`. Keys that nobody typed
    and that follow from the model are left out as well, such as the text encoder of a model that
    does not read words.
    """
    typed = _typed_everywhere(rows)
    chosen = [_named(row, typed) for row in rows]
    keys = list(dict.fromkeys(key for settings in chosen for key in settings))
    differing = [
        key for key in keys if len({format_setting(s.get(key, ABSENT)) for s in chosen}) > 1
    ]
    named = {key for row in rows for key in row.choices}
    follows_model = {
        key for key in differing if MODEL in typed and not _is_named(key, named, differing)
    }
    differing = [
        key
        for key in differing
        if not _follows(key, _above(key, differing, key in follows_model), chosen)
    ]
    return [
        {key: format_setting(settings.get(key, ABSENT)) for key in differing} for settings in chosen
    ]


def format_setting(value: Hyperparameter) -> str:
    """Format a value as it is typed on a command line: 0.001, true, null."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return short if float(short := f"{value:g}") == value else repr(value)
    return " ".join(str(value).split())


def setting_of(row: Row, key: str) -> str:
    """Format a run's own value of a key: the choice of a node, or else its setting."""
    is_node = key == EXPERIMENT or _is_node(row, key)
    return format_setting((row.choices if is_node else {}).get(key, row.settings.get(key, ABSENT)))


def order(value: str) -> tuple[int, float, str]:
    """Return a sort key for the values of a setting: numbers by size, then words."""
    number = as_number(value)
    return (1, 0.0, value) if number is None else (0, number, value)


def as_number(value: str) -> float | None:
    """Parse a finite number; return None for words, `nan` and `inf`."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def short_keys(keys: Sequence[str]) -> dict[str, str]:
    """Shorten each key to the fewest trailing parts that distinguish it from the other keys.

    >>> short_keys(["optimizer.lr", "model.dropout", "head.dropout"])
    {'optimizer.lr': 'lr', 'model.dropout': 'model.dropout', 'head.dropout': 'head.dropout'}
    """
    return {key: _shortest(key, keys) for key in keys}


def _shortest(key: str, keys: Sequence[str]) -> str:
    parts = key.split(".")
    endings = (".".join(parts[-count:]) for count in range(1, len(parts)))
    alone = (e for e in endings if sum(k == e or k.endswith(f".{e}") for k in keys) == 1)
    return next(alone, key)


def _typed_everywhere(rows: Sequence[Row]) -> set[str]:
    """Return the nodes chosen on every command line; only these choices can be compared."""
    typed = [{k for k in row.choices if k in row.settings or k == EXPERIMENT} for row in rows]
    return set.intersection(*typed) if typed else set()


def _named(row: Row, typed: set[str]) -> dict[str, Hyperparameter]:
    nodes = {key for key in typed if key == EXPERIMENT or _is_node(row, key)}
    return {**row.settings, **{key: row.choices[key] for key in nodes}}


def _is_node(row: Row, key: str) -> bool:
    return any(other.startswith(f"{key}.") for other in row.settings)


def _is_named(key: str, named: Set[str], differing: Sequence[str]) -> bool:
    """Return True if a command line set `key`, or different nodes above it were chosen.

    Args:
        key: a dotted key.
        named: keys and nodes that appear on a command line.
        differing: keys that differ between rows.
    """
    above = (word for word in named if word in differing)
    return key in named or any(key.startswith(f"{word}.") for word in above)


def _above(key: str, differing: Sequence[str], brought: bool) -> list[str]:
    """Return the nodes whose choice may determine the value of `key`.

    Args:
        key: a dotted key.
        differing: keys and nodes that differ between rows.
        brought: True if the choice of the model may have set the key.
    """
    return [
        node
        for node in differing
        if key.startswith(f"{node}.") or node == EXPERIMENT != key or (brought and node == MODEL)
    ]


def _follows(key: str, above: Sequence[str], rows: Sequence[Mapping[str, Hyperparameter]]) -> bool:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        choice = tuple(format_setting(row.get(node, ABSENT)) for node in above)
        value = format_setting(row.get(key, ABSENT))
        if seen.setdefault(choice, value) != value:
            return False
    return bool(above)
