"""Whether a value from a yaml file suits an annotation, and in words what would."""

import functools
import inspect
import types
from contextlib import suppress
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from reviewlab.exceptions import InputError, did_you_mean

STRICT = ConfigDict(strict=True, arbitrary_types_allowed=True, allow_inf_nan=False)

WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
SIGNS = {
    annotated_types.Ge: (">=", "ge"),
    annotated_types.Gt: (">", "gt"),
    annotated_types.Le: ("<=", "le"),
    annotated_types.Lt: ("<", "lt"),
}


_REFUSED = object()


def check(value: Any, annotation: Any, key: str) -> Any:
    """The `value`, whole numbers as floats where the argument at `key` wants floats.

    Raises: InputError for a value that its `annotation` does not allow.
    """
    validated = _validated(value, annotation)
    if validated is _REFUSED:
        choices = [str(choice) for choice in _choices(annotation)]
        hint = _meant(value, choices) if isinstance(value, str) else ""
        raise InputError(
            f"{key}: {_shown(value)} is not allowed{hint or ';'} allowed: {words(annotation)}"
        )
    return _with_floats(value, validated)


def suits(value: Any, annotation: Any) -> bool:
    """Whether `annotation` allows `value`, strictly: `1` is no text and `true` is no number.

    But a whole number is a number, and a list does for a tuple, which yaml does not have.
    """
    return _validated(value, annotation) is not _REFUSED


@functools.cache
def adapter(annotation: Any) -> TypeAdapter[Any] | None:
    """What checks values against `annotation`; None where pydantic does not understand it."""
    try:
        return TypeAdapter(annotation, config=STRICT)
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None


def words(annotation: Any) -> str:
    """What `annotation` allows, for a person.

    >>> words(Annotated[int, annotated_types.Ge(1)] | None)
    'a whole number >= 1 or null'
    """
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(str(argument) for argument in arguments)
    if origin is Annotated:
        limits = " and ".join(filter(None, map(_limit, arguments[1:])))
        return f"{words(arguments[0])} {limits}".rstrip()
    if origin in (Union, types.UnionType):
        # Of objects that a yaml file cannot hold nobody needs to read.
        plain = [a for a in arguments if not inspect.isclass(a) or a in WORDS or a is type(None)]
        shown = plain if {*plain} - {type(None)} else arguments
        return " or ".join(dict.fromkeys(words(argument) for argument in shown))
    if origin in (list, set, frozenset) and arguments:
        return f"a list of {words(arguments[0])}"
    if origin is tuple:
        return f"a list of {len(arguments)}: " + ", ".join(words(a) for a in arguments)
    if origin is dict or annotation is dict:
        return "a mapping"
    if annotation is None or annotation is type(None):
        return "null"
    return WORDS.get(annotation) or str(getattr(annotation, "__name__", annotation))


def _validated(value: Any, annotation: Any) -> Any:
    """What pydantic makes of `value`, or `_REFUSED`."""
    checker = adapter(annotation)
    if checker is None:
        return value
    for candidate in (value, _as_tuples(value)):
        with suppress(ValidationError):
            return checker.validate_python(candidate)
    return _REFUSED


def _with_floats(value: Any, validated: Any) -> Any:
    if type(value) is int and isinstance(validated, float):
        return validated
    if isinstance(value, list) and isinstance(validated, list | tuple):
        return [_with_floats(*pair) for pair in zip(value, validated, strict=True)]
    return value


def _limit(constraint: Any) -> str:
    if isinstance(constraint, StringConstraints):
        return f"that matches {constraint.pattern}"
    for kind, (sign, attribute) in SIGNS.items():
        if isinstance(constraint, kind):
            return f"{sign} {getattr(constraint, attribute)}"
    return ""


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [choice for argument in get_args(annotation) for choice in _choices(argument)]


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _meant(value: str, choices: list[str]) -> str:
    """The guess at what was meant: one that is like it, or that it is the beginning of."""
    begun = [choice for choice in choices if value and choice.startswith(value)]
    return did_you_mean(value, choices) or did_you_mean(value, begun, likeness=0)


def _shown(value: Any) -> str:
    text = "null" if value is None else repr(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 80 else f"{text[:77]}..."
