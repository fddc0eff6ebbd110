"""The settings that differ between runs, as a person would type them."""

import math
from collections.abc import Mapping, Sequence, Set

from reviewlab.reporting.rows import Row
from reviewlab.runs.identity import Hyperparameter

Settings = Mapping[str, str]

ABSENT = "-"
"""The value of a key that a configuration does not have."""

MODEL = "model"

EXPERIMENT = "experiment"
"""A choice that stands above all nodes: `experiment=a,b` varies one thing."""


def varied(rows: Sequence[Row]) -> list[Settings]:
    """Each row's value of every key that differs between rows, as text; all have the same keys.

    Keys below a node, such as `model.dropout` below `model`, that follow from what was chosen for
    the node are left out: `model=lstm,mlp` varies one thing. So are keys that nobody has typed and
    that follow from the model: one that does not read words brings its text encoder along.
    """
    typed = _typed_everywhere(rows)
    chosen = [_named(row, typed) for row in rows]
    keys = list(dict.fromkeys(key for settings in chosen for key in settings))
    differing = [
        key for key in keys if len({format_setting(s.get(key, ABSENT)) for s in chosen}) > 1
    ]
    said = {key for row in rows for key in row.choices}
    brought = {key for key in differing if MODEL in typed and not _is_said(key, said, differing)}
    differing = [
        key
        for key in differing
        if not _follows(key, _above(key, differing, key in brought), chosen)
    ]
    return [
        {key: format_setting(settings.get(key, ABSENT)) for key in differing} for settings in chosen
    ]


def format_setting(value: Hyperparameter) -> str:
    """Write a value as it is typed on a command line: 0.001, true, null."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return short if float(short := f"{value:g}") == value else repr(value)
    return " ".join(str(value).split())


def order(value: str) -> tuple[int, float, str]:
    """Return what values of a key are sorted by: numbers by size, then words."""
    number = as_number(value)
    return (1, 0.0, value) if number is None else (0, number, value)


def as_number(value: str) -> float | None:
    """Return the number that `value` is typed as; None for words, `nan` and `inf` among them."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def short_keys(keys: Sequence[str]) -> dict[str, str]:
    """Shorten each key to the fewest last parts that tell it from the others.

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
    """The nodes whose choice every row's command line names, so that those names compare."""
    typed = [{k for k in row.choices if k in row.settings or k == EXPERIMENT} for row in rows]
    return set.intersection(*typed) if typed else set()


def _named(row: Row, typed: set[str]) -> dict[str, Hyperparameter]:
    nodes = {key for key in typed if key == EXPERIMENT or _is_node(row, key)}
    return {**row.settings, **{key: row.choices[key] for key in nodes}}


def _is_node(row: Row, key: str) -> bool:
    return any(other.startswith(f"{key}.") for other in row.settings)


def _is_said(key: str, said: Set[str], differing: Sequence[str]) -> bool:
    """Tell whether command lines have set a key, or chosen different nodes that it is below."""
    above = (word for word in said if word in differing)
    return key in said or any(key.startswith(f"{word}.") for word in above)


def _above(key: str, differing: Sequence[str], brought: bool) -> list[str]:
    """Return what a key may follow from; one that the model may have brought from that too."""
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
