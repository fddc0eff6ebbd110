"""Refuse invalid options of the data set `table` before anything is read."""

from collections.abc import Sequence

from reviewlab.data.labelled.source import FORMS
from reviewlab.data.labelled.values import MOST_CLASSES, label_name
from reviewlab.data.reviews import Label
from reviewlab.exceptions import InputError

LabelMap = dict[Label, Label | None] | list[list[Label | None]]
"""The class name of each label, None to leave it out; a mapping, or a list of pairs."""


def require_source(source: str | None) -> None:
    """Raise InputError if there is no source."""
    if source is None:
        raise InputError(f"data.source: missing; give {FORMS}")


def refuse_several_labels(label_column: str | list[str] | None) -> None:
    """Raise InputError for a list of label columns."""
    if isinstance(label_column, list):
        raise InputError(
            f"data.label_column: {label_column} is a list, but a review has only one label; give"
            " one column, and train once for each column"
        )


def refuse_label_names(label_names: Sequence[Label] | None) -> None:
    """Raise InputError if there are too few or too many class names, or duplicates."""
    if label_names is None:
        return
    names = [label_name(name) for name in label_names]
    if not 2 <= len({*names}) == len(names) <= MOST_CLASSES or None in names:
        raise InputError(
            f"data.label_names: {list(label_names)} is not allowed; allowed: 2 to {MOST_CLASSES}"
            " different names"
        )


def read_label_map(label_map: LabelMap | None) -> dict[Label, Label | None]:
    """Return the map from labels to classes; refuse a list whose elements are not pairs."""
    if not isinstance(label_map, list):
        return label_map or {}
    renamed: dict[Label, Label | None] = {}
    for pair in label_map:
        if len(pair) != 2 or pair[0] is None:
            raise InputError(
                f"data.label_map: {pair} is not a pair; give [[old,new],...]; if the new label is"
                " null, reviews with the old label are left out"
            )
        renamed[pair[0]] = pair[1]
    return renamed


def refuse_two_splits(split_column: str | None, sources: Sequence[str]) -> None:
    """Raise InputError if a split column and separate sources of held-out reviews are given."""
    if split_column is not None and sources:
        raise InputError(
            f"data.split_column: {split_column!r} cannot be combined with {sources[0]}: both say"
            " which reviews are held out; give only one of them"
        )


def refuse_ungrouped(group_column: str | None, split: str) -> None:
    """Raise InputError for a group column if the split rule would ignore it."""
    if group_column is not None and split != "grouped":
        raise InputError(
            f"data.group_column: {group_column!r} needs data.split=grouped, not {split!r}"
        )


def refuse_undated(date_column: str | None, before: str | None) -> None:
    """Raise InputError if only one of the date column and the day is given."""
    if before is not None and date_column is None:
        raise InputError(
            f"data.before: {before!r} needs data.date_column, the name of the date column"
        )
    if before is None and date_column is not None:
        raise InputError(
            f"data.date_column: {date_column!r} has no effect without data.before; set data.before"
            " to a day such as 2025-01-01, or leave both out"
        )
