"""Describe the columns of a table: the kind of their values, and counts."""

import math
from datetime import date
from typing import Any

from reviewlab.console.text import legible, shorten
from reviewlab.data.dates import is_date
from reviewlab.data.labelled.columns import Columns, is_text
from reviewlab.data.labelled.values import label_name, number_of
from reviewlab.describing.description import ColumnFacts

LONGEST_EXAMPLE = 200
"""Maximum number of characters of an example."""


def describe_columns(columns: Columns) -> list[ColumnFacts]:
    """Describe each column."""
    return [_describe(name, values) for name, values in columns.items()]


def _describe(name: str, values: list[Any]) -> ColumnFacts:
    present = [value for value in values if not _is_missing(value)]
    distinct = {str(value): value for value in present}
    example = shorten(legible(str(present[0])), LONGEST_EXAMPLE) if present else ""
    missing = len(values) - len(present)
    return ColumnFacts(name, _kind([*distinct.values()]), len(distinct), missing, example)


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def _kind(values: list[Any]) -> str:
    """Name the kind of a column's values, from which missing ones have been removed."""
    if not values:
        return "empty"
    for kind, name in ((dict, "objects"), (list | tuple, "lists")):
        if all(isinstance(value, kind) for value in values):
            return name
    if any(isinstance(value, dict | list | tuple) for value in values):
        return "mixed"
    return _kind_of_single(values)


def _kind_of_single(values: list[Any]) -> str:
    names = [label_name(value) or str(value) for value in values]
    if {*names} <= {"true", "false"}:
        return "true or false"
    if all(number_of(name) is not None for name in names):
        return "numbers" if any("." in name for name in names) else "whole numbers"
    if all(map(_is_date, values)):
        return "dates"
    if not all(isinstance(value, str) for value in values):
        return "mixed"
    return "texts" if is_text(values) else "words"


def _is_date(value: Any) -> bool:
    return isinstance(value, date) or is_date(str(value).strip())
