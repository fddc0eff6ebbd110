"""Invalid options of `data=table` are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from reviewlab.data.labelled import options
from reviewlab.exceptions import InputError


@pytest.mark.parametrize(
    ("check", "arguments", "line"),
    [
        (options.require_source, [None], "data.source: missing; give a file"),
        (options.refuse_several_labels, [["a", "b"]], "data.label_column: .* is a list"),
        (options.refuse_label_names, [["a"]], "data.label_names: .* allowed: 2 to 50 different"),
        (options.refuse_label_names, [["a", "a"]], "data.label_names: "),
        (options.refuse_label_names, [[*range(51)]], "data.label_names: "),
        (options.refuse_label_names, [["a", ""]], "data.label_names: "),
        (options.read_label_map, [[["a"]]], "data.label_map: .* is not a pair"),
        (options.read_label_map, [[[None, "a"]]], "data.label_map: "),
        (options.refuse_two_splits, ["split", ["data.test_source"]], "data.split_column: 'split'"),
        (options.refuse_ungrouped, ["author", "random"], "data.group_column: 'author' needs"),
        (options.refuse_undated, [None, "2025-01-01"], "data.before: .* needs data.date_column"),
        (
            options.refuse_undated,
            ["at", None],
            "data.date_column: 'at' has no effect without data.before",
        ),
    ],
)
def test_it_is_refused_in_one_line(
    check: Callable[..., Any], arguments: list[Any], line: str
) -> None:
    with pytest.raises(InputError, match=f"^{line}") as raised:
        check(*arguments)
    assert "\n" not in str(raised.value)


def test_what_fits_together_passes() -> None:
    options.require_source("reviews.csv")
    options.refuse_several_labels("stars")
    options.refuse_label_names(None)
    options.refuse_label_names([1, 2])
    options.refuse_two_splits("split", [])
    options.refuse_two_splits(None, ["data.test_source"])
    options.refuse_ungrouped("author", "grouped")
    options.refuse_undated("at", "2025-01-01")
    options.refuse_undated(None, None)


@pytest.mark.parametrize(
    ("label_map", "read"),
    [
        (None, {}),
        ({"bad": "negative", "ok": None}, {"bad": "negative", "ok": None}),
        ([["très bien", "good"], ["ok", None]], {"très bien": "good", "ok": None}),
    ],
)
def test_labels_are_renamed_by_a_mapping_or_by_pairs(label_map: Any, read: dict[str, Any]) -> None:
    assert options.read_label_map(label_map) == read
