"""Refuses options of the data set `table` that cannot be, before anything is read."""

from collections.abc import Sequence

from reviewlab.data.labelled.source import FORMS
from reviewlab.data.labelled.values import MOST_CLASSES, label_name
from reviewlab.data.reviews import Label
from reviewlab.exceptions import InputError

LabelMap = dict[Label, Label | None] | list[list[Label | None]]
"""From labels to the names of classes, None to leave one out: a mapping, or pairs."""


def require_source(source: str | None) -> None:
    """Refuse to go on without a source."""
    if source is None:
        raise InputError(f"data.source: is not given; give {FORMS}")


def refuse_several_labels(label_column: str | list[str] | None) -> None:
    """Refuse more than one label a review."""
    if isinstance(label_column, list):
        raise InputError(
            f"data.label_column: {label_column} is a list, and a review has one label here; give"
            " one column, and train once for each"
        )


def refuse_label_names(label_names: Sequence[Label] | None) -> None:
    """Refuse names of classes that are too few, too many, or not different."""
    if label_names is None:
        return
    names = [label_name(name) for name in label_names]
    if not 2 <= len({*names}) == len(names) <= MOST_CLASSES or None in names:
        raise InputError(
            f"data.label_names: {list(label_names)} is not allowed; allowed: 2 to {MOST_CLASSES}"
            " different names"
        )


def read_label_map(label_map: LabelMap | None) -> dict[Label, Label | None]:
    """Return the map from labels to classes; refuse a list that does not consist of pairs."""
    if not isinstance(label_map, list):
        return label_map or {}
    renamed: dict[Label, Label | None] = {}
    for pair in label_map:
        if len(pair) != 2 or pair[0] is None:
            raise InputError(
                f"data.label_map: {pair} is no pair; allowed: [[old,new],...], with null for a"
                " label to leave out"
            )
        renamed[pair[0]] = pair[1]
    return renamed


def refuse_two_splits(split_column: str | None, sources: Sequence[str]) -> None:
    """Refuse a column of splits beside held-out reviews that have a source of their own."""
    if split_column is not None and sources:
        raise InputError(
            f"data.split_column: {split_column!r} says what is held out, and so does {sources[0]};"
            " give one of them"
        )


def refuse_ungrouped(group_column: str | None, split: str) -> None:
    """Refuse groups that the split would not heed."""
    if group_column is not None and split != "grouped":
        raise InputError(
            f"data.group_column: {group_column!r} needs data.split=grouped, which is {split!r}"
        )


def refuse_undated(date_column: str | None, before: str | None) -> None:
    """Refuse a day without a column of dates, and such a column without a day."""
    if before is not None and date_column is None:
        raise InputError(
            f"data.before: {before!r} needs data.date_column, the column that holds the dates"
        )
    if before is None and date_column is not None:
        raise InputError(
            f"data.date_column: {date_column!r} is for data.before, which is not given; give a day"
            " as 2025-01-01"
        )
