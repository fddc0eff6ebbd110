"""Derive the classes, and each review's label, from the values of a column."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import numpy as np

from reviewlab.console.text import count_of
from reviewlab.data.dealing import Indices
from reviewlab.data.labelled.values import MOST_CLASSES, label_name, number_of
from reviewlab.data.reviews import LEFT_OUT, Classes, Label
from reviewlab.data.tables import MOST_LISTED
from reviewlab.exceptions import InputError, did_you_mean

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
"""Labels that can be keys of a mapping on the command line; others have to be written in pairs."""

Refuse = Callable[[Sequence[int], str], NoReturn]
"""Raises an InputError that names the lines of rows, followed by the problem of the first."""


class Labels(NamedTuple):
    """The label of each row.

    Attributes:
        classes: the given classes, or else the classes that occur.
        numbers: int64 `[rows]`, indices into the classes' names, or `LEFT_OUT`.
        notes: notes on rows that are left out.
    """

    classes: Classes
    numbers: Indices
    notes: list[str]


@dataclass(frozen=True)
class LabelRule:
    """Converts values to classes.

    Args:
        column: name of the column, for messages.
        names: all classes in order; None for the classes that occur, in numerical order if all are
            numbers, or else in alphabetical order.
        mapping: maps a value to its new class name, or to None to leave out rows with that value.
    """

    column: str
    names: Sequence[Label] | None = None
    mapping: Mapping[Label, Label | None] = field(default_factory=dict)

    def apply(self, values: Sequence[Any], refuse: Refuse) -> Labels:
        """Label every row.

        Args:
            values: values of the column.
            refuse: function that raises an InputError, given the invalid rows and their problem.

        Raises:
            InputError: the values cannot be labels.
        """
        written = self._write(values, refuse)
        renamed = {str(label_name(old)): label_name(new) for old, new in self.mapping.items()}
        names = [name if name is None else renamed.get(name, name) for name in written]
        occurring: dict[str, list[int]] = {}
        for row, name in enumerate(names):
            if name is not None:
                occurring.setdefault(name, []).append(row)
        if self.names is None:
            ordered = self._order(occurring, refuse)
        else:
            ordered = self._use_given(occurring, refuse)
        index = {name: number for number, name in enumerate(ordered)}
        numbers = [LEFT_OUT if name is None else index[name] for name in names]
        notes = [*_describe_left_out(written, names), *_describe_unused(renamed, {*written})]
        return Labels(classes_of(ordered), np.array(numbers, np.int64), notes)

    def _write(self, values: Sequence[Any], refuse: Refuse) -> list[str | None]:
        """Return the name of each row's label, before `mapping` is applied."""
        cache: dict[tuple[type, Any], str | None] = {}
        names: list[str | None] = []
        no_labels = []
        for row, value in enumerate(values):
            try:
                key = (type(value), value)
                if key not in cache:
                    cache[key] = label_name(value)
                names.append(cache[key])
            except (TypeError, ValueError):
                no_labels.append(row)
        if no_labels:
            refuse(
                no_labels,
                f"{self.column!r} is {values[no_labels[0]]!r:.40}; allowed: one label per row, a"
                " string or a number; choose another column with data.label_column",
            )
        return names

    def _order(self, occurring: Mapping[str, list[int]], refuse: Refuse) -> list[str]:
        """Return the classes that occur, in order; refuse values that cannot be classes."""
        numbers = {name: number_of(name) for name in occurring}
        sizes = [number for number in numbers.values() if number is not None]
        if len(sizes) == len(occurring):
            self._refuse_fractions(occurring, refuse)
        if not 2 <= len(occurring) <= MOST_CLASSES:
            self._refuse_count(sorted(occurring))
        if len(sizes) == len(occurring):
            return sorted(occurring, key=lambda name: numbers[name] or 0)
        return sorted(occurring, key=lambda name: (name.casefold(), name))

    def _refuse_fractions(self, occurring: Mapping[str, list[int]], refuse: Refuse) -> None:
        """Raise InputError for fractions, which are classes only if `label_names` lists them."""
        for name, rows in occurring.items():
            if "." in name:
                remedy = "turn the numbers into classes in the file"
                if len(occurring) <= MOST_CLASSES:
                    ordered = sorted(occurring, key=lambda name: number_of(name) or 0)
                    remedy = f"make each number a class: data.label_names=[{','.join(ordered)}]"
                refuse(
                    rows[:1],
                    f"{self.column!r} is {name}, and fractions are not classes; choose another"
                    f" column with data.label_column, or {remedy}",
                )

    def _refuse_count(self, names: list[str]) -> None:
        if not names:
            raise InputError(
                f"data.label_column: {self.column!r} has no labels; choose a column with at least"
                " two classes"
            )
        if len(names) == 1:
            raise InputError(
                f"data.label_column: {self.column!r} is {names[0]!r} in every row; allowed: at"
                " least two classes; choose another column"
            )
        some = ", ".join(f"{name:.20}" for name in names[:3])
        raise InputError(
            f"data.label_column: {self.column!r} has {len(names):,} different values ({some}, ...)"
            f" and is probably not the label; allowed: at most {MOST_CLASSES} classes; choose"
            " another column, or merge values into classes with data.label_map"
        )

    def _use_given(self, occurring: Mapping[str, list[int]], refuse: Refuse) -> list[str]:
        """Return the given classes; refuse a label that is not among them."""
        names = [str(label_name(name)) for name in self.names or ()]
        if unknown := [name for name in occurring if name not in names]:
            name = unknown[0]
            hint = did_you_mean(name, names) or ";"
            refuse(
                sorted(row for other in unknown for row in occurring[other]),
                f"{self.column!r} is {name!r}{hint} allowed: {', '.join(names)}; to leave it out,"
                f" set {_leave_out(unknown[:MOST_LISTED])}",
            )
        return names


def classes_of(names: Sequence[Label]) -> Classes:
    """Return classes with these names, ordinal if the names are ascending numbers."""
    written = [str(label_name(name)) for name in names]
    numbers = [number for number in map(number_of, written) if number is not None]
    ordinal = len(numbers) == len(written) and numbers == sorted(numbers)
    return Classes(tuple(written), ordinal)


def _leave_out(names: Sequence[str]) -> str:
    """Return the `data.label_map` option that leaves out these labels, quoted for a shell."""
    if all(map(_PLAIN.fullmatch, names)):
        nulls = ", ".join(f"{name}: null" for name in names)
        return f'"data.label_map={{{nulls}}}"'
    quoted = (name.replace("\\", "\\\\").replace("'", "\\'") for name in names)
    pairs = ",".join(f"['{name}',null]" for name in quoted)
    return f'"data.label_map=[{pairs}]"'


def _describe_left_out(written: list[str | None], names: list[str | None]) -> Iterator[str]:
    missing = written.count(None)
    mapped = names.count(None) - missing
    if missing:
        yield f"left out: {count_of(missing, 'review')} without a label"
    if mapped:
        yield f"left out: {count_of(mapped, 'review')} by data.label_map"


def _describe_unused(renamed: Mapping[str, str | None], written: set[str | None]) -> Iterator[str]:
    for name in renamed.keys() - written:
        yield f"data.label_map: no review is labelled {name}"
