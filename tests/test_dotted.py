"""Nested mappings by dotted key."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab import dotted

NAMES = st.text(st.characters(exclude_characters="."), min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers())
TREES = st.recursive(
    st.dictionaries(NAMES, LEAVES, min_size=1, max_size=3),
    lambda inner: st.dictionaries(NAMES, LEAVES | inner, min_size=1, max_size=3),
)
KEYS = st.lists(NAMES, min_size=1, max_size=4).map(".".join)


def has_room(tree: dict[str, Any], key: str) -> bool:
    parts = key.split(".")
    above = [".".join(parts[:count]) for count in range(1, len(parts))]
    return all(isinstance(dotted.get(tree, name, {}), dict) for name in above)


@given(TREES, KEYS, LEAVES)
def test_what_is_put_can_be_got(tree: dict[str, Any], key: str, value: Any) -> None:
    if has_room(tree, key):
        dotted.put(tree, key, value)
        assert dotted.get(tree, key) == value
    else:
        with pytest.raises(TypeError, match="is not a mapping"):
            dotted.put(tree, key, value)


@given(TREES, KEYS)
def test_what_is_dropped_is_gone_and_all_else_stays(tree: dict[str, Any], key: str) -> None:
    before = dotted.flatten(tree)
    dotted.drop(tree, key)
    assert dotted.get(tree, key, "gone") == "gone"
    rest = {name: value for name, value in before.items() if not f"{name}.".startswith(f"{key}.")}
    assert dotted.flatten(tree) == rest


@given(TREES)
def test_a_flat_tree_can_be_put_together_again(tree: dict[str, Any]) -> None:
    again: dict[str, Any] = {}
    for key, value in dotted.flatten(tree).items():
        dotted.put(again, key, value)
    assert again == tree


@given(TREES, KEYS)
def test_looking_changes_nothing(tree: dict[str, Any], key: str) -> None:
    before = copy.deepcopy(tree)
    dotted.get(tree, key)
    dotted.flatten(tree)
    dotted.keys(tree)
    assert tree == before


@given(TREES)
def test_the_keys_are_those_of_the_leaves_and_of_the_branches_above_them(
    tree: dict[str, Any],
) -> None:
    leaves = dotted.flatten(tree)
    branches = {key for key in dotted.keys(tree) if key not in leaves}
    assert branches == {
        ".".join(key.split(".")[:count]) for key in leaves for count in range(1, key.count(".") + 1)
    }


def test_a_key_that_is_not_there_has_the_default() -> None:
    tree = {"a": {"b": None}, "c": [1]}
    assert dotted.get(tree, "a.b", "default") is None
    assert dotted.get(tree, "a.b.c", "default") == "default"
    assert dotted.get(tree, "c.0", "default") == "default"
    assert dotted.get(None, "a") is None


def test_a_branch_is_dropped_with_all_that_is_in_it() -> None:
    tree = {"a": {"b": {"c": 1}, "d": 2}}
    dotted.drop(tree, "a.b")
    dotted.drop(tree, "a.d.e")
    dotted.drop(tree, "x.y")
    assert tree == {"a": {"d": 2}}


def test_keys_of_a_part_begin_with_its_own() -> None:
    assert dotted.flatten({"b": {"c": 1, "empty": {}}}, "a") == {"a.b.c": 1}


def test_nothing_but_a_mapping_has_keys() -> None:
    assert dotted.keys(["a"]) == []
    assert dotted.keys({"a": {"b": {}}, "c": 1}) == ["a", "a.b", "c"]
