"""Make JSON schemas from annotations; they allow the values that `values` allows."""

import collections.abc
import inspect
import json
import sys
import types
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import StringConstraints

from reviewlab.config.bind import object_classes

Schema = dict[str, Any]

Refer = Callable[[type], Schema]
"""Function that returns the schema of the mappings that make objects of a class."""

NOTHING: Schema = {"not": {}}

SHARED: dict[str, Schema] = {
    # An interpolation or `???`, which marks a missing value: either may become any value.
    "later": {"type": "string", "pattern": r"\$\{|^\?\?\?$"},
    # Infinity or NaN, which validators treat as within any limit.
    "endless": {
        "anyOf": [
            {"exclusiveMinimum": sys.float_info.max},
            {"exclusiveMaximum": -sys.float_info.max},
        ]
    },
}
"""Definitions that every schema has."""

LATER: Schema = {"$ref": "#/definitions/later"}

PLAIN: dict[Any, Schema] = {
    Any: {},
    None: {"type": "null"},
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number", "not": {"$ref": "#/definitions/endless"}},
    str: {"type": "string"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    dict: {"type": "object"},
}

LIMITS = {
    annotated_types.Ge: ("ge", "minimum"),
    annotated_types.Gt: ("gt", "exclusiveMinimum"),
    annotated_types.Le: ("le", "maximum"),
    annotated_types.Lt: ("lt", "exclusiveMaximum"),
    annotated_types.MinLen: ("min_length", "minItems"),
    StringConstraints: ("pattern", "pattern"),
}
"""Maps a constraint to its attribute and the equivalent keyword of JSON Schema."""

LISTS = (list, Sequence)
MAPPINGS = (dict, collections.abc.Mapping)


def refer_to_nothing(kind: type) -> Schema:
    """Return a schema that allows no value.

    It is used for objects in a place where no yaml file can have them, such as in a list.
    """
    return NOTHING


NO_TARGET: Schema = {"not": {"const": "_target_"}}
"""Names in a mapping: a mapping with this key is an object of the class that it names."""


def value_schema(annotation: Any, refer: Refer = refer_to_nothing) -> Schema:
    """Return the schema of the values that an annotation allows; an unknown annotation allows all.

    Args:
        annotation: an argument's annotation, with `Part[X]` replaced by `X`.
        refer: function that returns the schema of the objects of a class.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None and inspect.isclass(annotation) and annotation not in PLAIN:
        return refer(annotation)
    if origin is None:
        return PLAIN.get(annotation, {})
    if origin is Literal:
        return {"enum": [*arguments]}
    if origin is Annotated:
        return value_schema(arguments[0], refer) | _limits(arguments[1:])
    if origin in (Union, types.UnionType):
        return any_of([value_schema(choice, refer) for choice in _reachable(arguments)])
    if origin in LISTS:
        return {"type": "array", "items": or_later(value_schema(arguments[0]))}
    if origin is tuple:
        return _tuple(arguments)
    if origin in MAPPINGS:
        members = or_later(value_schema(arguments[1], refer))
        return {
            "type": "object",
            "propertyNames": value_schema(arguments[0]) | NO_TARGET,
            "additionalProperties": members,
        }
    return NOTHING if _is_no_collection(origin) else {}


def or_later(schema: Schema) -> Schema:
    """Extend a schema to allow an interpolation or `???`, which marks a missing value."""
    if schema in ({}, PLAIN[str]):
        return schema
    return any_of([schema, LATER])


def any_of(schemas: Sequence[Schema]) -> Schema:
    """Return the schema of the values that at least one of these schemas allows.

    The alternatives are sorted: `typing` keeps the unions it has made, so that `int | float` may be
    `float | int` if other code wrote that first.
    """
    flat = sorted(
        (inner for schema in schemas for inner in _alternatives(schema)),
        key=lambda schema: (schema == PLAIN[type(None)], json.dumps(schema, sort_keys=True)),
    )
    possible = [schema for n, schema in enumerate(flat) if schema not in (*flat[:n], NOTHING)]
    if {} in possible:
        return {}
    return possible[0] if len(possible) == 1 else {"anyOf": possible} if possible else NOTHING


def _is_no_collection(origin: Any) -> bool:
    """Tell whether an annotation's origin is a class that includes neither lists nor dicts."""
    return inspect.isclass(origin) and not (issubclass(list, origin) or issubclass(dict, origin))


def _alternatives(schema: Schema) -> list[Schema]:
    return schema["anyOf"] if [*schema] == ["anyOf"] else [schema]


def _reachable(choices: Sequence[Any]) -> list[Any]:
    """Leave out the types of mappings of plain values if an object is also allowed.

    A mapping in a yaml file is then always read as the settings of an object. Mappings from names
    to objects, as in `logger`, are kept.
    """
    if not any(map(object_classes, choices)):
        return [*choices]
    return [
        choice
        for choice in choices
        if get_origin(choice) not in MAPPINGS or object_classes(get_args(choice)[1])
    ]


def _tuple(items: Sequence[Any]) -> Schema:
    if items[1:] == (Ellipsis,):
        return {"type": "array", "items": or_later(value_schema(items[0]))}
    each = [or_later(value_schema(item)) for item in items]
    return {"type": "array", "items": each, "minItems": len(each), "maxItems": len(each)}


def _limits(constraints: Sequence[Any]) -> Schema:
    limits: Schema = {}
    for constraint in constraints:
        attribute, keyword = LIMITS.get(type(constraint), ("", ""))
        if keyword:
            limits[keyword] = getattr(constraint, attribute)
    return limits
