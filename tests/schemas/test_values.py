"""The schema of an annotation allows what the annotation allows, for all that a config may name."""

from typing import Annotated, Any, Literal

import pytest
from annotated_types import MinLen
from jsonschema import Draft7Validator
from tests.schemas.generator import VALUES

from reviewlab.config.bind import PROVIDED, object_classes
from reviewlab.ranges import Fraction, PositiveInt
from reviewlab.schemas.factories import list_factories
from reviewlab.schemas.groups import GROUPS
from reviewlab.schemas.values import LATER, NOTHING, SHARED, Schema, any_of, or_later, value_schema
from reviewlab.values import make_adapter, suits

FIXED = [value for value in VALUES if "${" not in str(value)]


def is_valid(schema: Schema, value: Any) -> bool:
    return bool(Draft7Validator({**schema, "definitions": SHARED}).is_valid(value))


def test_it_agrees_with_the_check_of_every_argument() -> None:
    annotations = {
        str(argument.annotation): argument.annotation
        for group, kind in GROUPS.items()
        for factory in list_factories()
        for name, argument in factory.arguments.items()
        if factory.makes(kind) and name not in PROVIDED.get(group, ())
        if make_adapter(argument.annotation) and not object_classes(argument.annotation)
    }
    assert len(annotations) > 60
    for text, annotation in annotations.items():
        schema = value_schema(annotation)
        taken = [value for value in FIXED if is_valid(schema, value)]
        assert repr(taken) == repr([value for value in FIXED if suits(value, annotation)]), text


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (tuple[int, ...], [[], [1, 2]], [["a"], 1]),
        (dict[str, PositiveInt], [{}, {"a": 1}], [{"a": 0}, []]),
        (dict[int, int], [{}], [{"1": 1}]),  # every key of a config is a text
        (Annotated[list[Fraction], MinLen(1)], [[0.5]], [[], [1]]),
        (Literal["a", 1], ["a", 1], ["1", True, None]),
        (set[int], [], [[1], 1]),
    ],
)
def test_collections_and_choices(annotation: Any, good: list[Any], bad: list[Any]) -> None:
    schema = value_schema(annotation)
    assert all(is_valid(schema, value) for value in good)
    assert not any(is_valid(schema, value) for value in bad)


def test_what_is_not_understood_allows_everything() -> None:
    assert value_schema(Any) == value_schema("unknown") == {}


def test_alternatives_are_flat_and_said_once() -> None:
    number, text = value_schema(int), value_schema(str)
    assert any_of([number, NOTHING, any_of([text, number])]) == {"anyOf": [number, text]}
    assert any_of([number, {}]) == {}
    assert any_of([NOTHING]) == NOTHING
    assert or_later(text) == text  # which an interpolation is as well


def test_the_order_of_a_union_does_not_matter() -> None:
    assert value_schema(float | int | None) == value_schema(int | None | float)
    assert value_schema(int | None)["anyOf"][-1] == {"type": "null"}


def test_a_mapping_beside_an_object_has_to_make_it() -> None:
    class Thing:
        pass

    def refer(kind: type) -> Schema:
        return {"const": kind.__name__}

    assert value_schema(Thing | dict[str, Any], refer) == {"const": "Thing"}
    named = value_schema(Thing | dict[str, Thing], refer)
    [members] = [one["additionalProperties"] for one in named["anyOf"] if "const" not in one]
    assert {"const": "Thing"} in members["anyOf"]
    assert value_schema(list[Thing], refer)["items"] == LATER
