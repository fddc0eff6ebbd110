"""Access to nested mappings by dotted key: `model.dropout` is `config["model"]["dropout"]`."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any


def get(node: Any, key: str, default: Any = None) -> Any:
    """Return the value at a dotted key.

    Args:
        node: a nested mapping.
        key: the names on the path to the value, joined by dots.
        default: value to return if there is no such key, or no mapping to look it up in.

    >>> get({"model": {"dropout": 0.5}}, "model.dropout")
    0.5
    """
    for name in key.split("."):
        if not isinstance(node, Mapping) or name not in node:
            return default
        node = node[name]
    return node


def put(node: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set the value at a dotted key, in place; missing mappings on the path are created.

    Args:
        node: a nested mapping.
        key: the names on the path to the value, joined by dots.
        value: the new value.

    Raises:
        TypeError: a value on the path is not a mapping.
    """
    *parents, leaf = key.split(".")
    for name in parents:
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            raise TypeError(f"{key}: {name!r} is not a mapping")
    node[leaf] = value


def drop(node: MutableMapping[str, Any], key: str) -> None:
    """Remove a dotted key, in place; do nothing if it does not exist."""
    parent, _, leaf = key.rpartition(".")
    inner = get(node, parent) if parent else node
    if isinstance(inner, dict):
        inner.pop(leaf, None)


def flatten(node: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a flat dict from dotted keys to all values that are not mappings, in order.

    Args:
        node: a nested mapping; empty mappings in it are left out.
        prefix: the dotted key of `node` itself, with which all returned keys begin.

    >>> flatten({"seed": 1, "model": {"dropout": 0.5}})
    {'seed': 1, 'model.dropout': 0.5}
    """
    return {key: value for key, value in _walk(node, prefix) if not isinstance(value, Mapping)}


def keys(node: Any) -> list[str]:
    """Return the dotted keys of all values and inner mappings, each mapping before its content.

    >>> keys({"seed": 1, "model": {"dropout": 0.5}})
    ['seed', 'model', 'model.dropout']
    """
    return [key for key, _ in _walk(node, "")] if isinstance(node, Mapping) else []


def _walk(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        key = f"{prefix}.{name}" if prefix else str(name)
        yield key, value
        if isinstance(value, Mapping):
            yield from _walk(value, key)
