"""Scales for the values of a key: levels to compare, and positions between 0 and 1."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.cells import number, short_numbers
from reviewlab.reporting.varied import as_number, order

FEW = 12
"""More distinct numbers than this are treated as a range."""

PARTS = 6
"""Parts that a range is divided into, with about as many configurations in each."""

NAMES = 30
"""More distinct words than this do not fit; the rarest are merged."""

TICKS = 5
LABELS = 12
LABEL = 22
"""Characters that fit next to an axis, such as `-1.23e-05 to -1.23e-06`."""

DECADES = 30.0
"""Positive numbers whose ratio exceeds this are drawn on a logarithmic scale."""


@dataclass(frozen=True)
class Levels:
    """The levels of a key.

    Attributes:
        labels: the text of each level, in order.
        of: the level of each configuration, as an index into `labels`.
    """

    labels: Sequence[str]
    of: Sequence[int]


@dataclass(frozen=True)
class Axis:
    """One axis of the parallel coordinates.

    Attributes:
        title: title above the axis.
        places: position of each configuration, from 0 to 1; None if it has no value.
        texts: value of each configuration, as shown to the reader.
        ticks: position and label of each tick.
    """

    title: str
    places: Sequence[float | None]
    texts: Sequence[str]
    ticks: Sequence[tuple[float, str]]


def levels(values: Sequence[str]) -> Levels:
    """Sort the values of a key into levels; many distinct numbers are grouped into ranges."""
    numbers = [n for value in values if (n := as_number(value)) is not None]
    words = Counter(value for value in values if as_number(value) is None)
    parted = len({*numbers}) > FEW
    names = dict(zip(distinct := _distinct(values), short_numbers(distinct), strict=True))
    edges = np.quantile(numbers, np.linspace(0, 1, PARTS + 1)[1:-1]) if parted else np.empty(0)
    frequent = {word for word, _ in words.most_common(NAMES)}

    def level(value: str) -> tuple[int, float, str]:
        n = as_number(value)
        if n is not None and parted:
            return 0, float(np.searchsorted(edges, n)), ""
        return order(value) if n is not None or value in frequent else (2, 0.0, "")

    keys = [level(value) for value in values]
    members = {key: [v for k, v in zip(keys, values, strict=True) if k == key] for key in {*keys}}
    ordered = sorted(members)
    labels = [_label(members[key], names) for key in ordered]
    return Levels(labels, [ordered.index(key) for key in keys])


def setting_axis(title: str, values: Sequence[str]) -> Axis:
    """Make a key's axis: true to scale for many distinct numbers, else with equal steps."""
    numbers = [as_number(value) for value in values]
    finite = [n for n in numbers if n is not None]
    if len({*finite}) > FEW and len(finite) == len(values):
        return number_axis(title, finite, [without_rounding_error(value) for value in values])
    distinct = _distinct(values)
    names = short_numbers(distinct)
    places = {v: _step(place, len(distinct)) for place, v in enumerate(distinct)}
    apart = -(-len(distinct) // LABELS)
    ticks = [(places[v], name) for v, name in zip(distinct, names, strict=True)][::apart]
    texts = [without_rounding_error(value) for value in values]
    return Axis(title, [places[value] for value in values], texts, ticks)


def number_axis(
    title: str, values: Sequence[float | None], texts: Sequence[str] | None = None
) -> Axis:
    """Make the axis of a numeric column, logarithmic if it spans orders of magnitude.

    Args:
        title: title of the axis.
        values: value of each configuration; None if it has no value.
        texts: the values as shown to the reader; None to format them here.
    """
    present = [value for value in values if value is not None]
    low, high = min(present, default=0.0), max(present, default=0.0)
    log = low > 0 and high / low > DECADES
    start, end = (math.log(low), math.log(high)) if log else (low, high)

    def place(value: float) -> float:
        return (math.log(value) if log else value) - start

    length = (end - start) or 1.0
    centre = 0.0 if end > start else 0.5
    places = [None if v is None else centre + place(v) / length for v in values]
    steps = [_step(tick, TICKS) for tick in range(TICKS)] if end > start else [0.5]
    at = [start + step * (end - start) for step in steps]
    ticks = [(step, _short(math.exp(x) if log else x)) for step, x in zip(steps, at, strict=True)]
    return Axis(title, places, texts or [number(value) for value in values], ticks)


def _distinct(values: Sequence[str]) -> list[str]:
    return sorted({*values}, key=order)


def _step(place: int, count: int) -> float:
    return place / (count - 1) if count > 1 else 0.5


def _short(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def _label(members: Sequence[str], names: dict[str, str]) -> str:
    distinct = _distinct(members)
    if len(distinct) == 1:
        return names[distinct[0]]
    if as_number(distinct[0]) is None:
        return f"{len(distinct)} others"
    return f"{float(distinct[0]):.3g} to {float(distinct[-1]):.3g}"
