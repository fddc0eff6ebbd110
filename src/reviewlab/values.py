"""Check values from files against annotations, and describe in words what is allowed."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from reviewlab.exceptions import InputError, did_you_mean, short_repr

STRICT = ConfigDict(strict=True, arbitrary_types_allowed=True, allow_inf_nan=False)

WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
SIGNS = {
    annotated_types.Ge: (">=", "ge"),
    annotated_types.Gt: (">", "gt"),
    annotated_types.Le: ("<=", "le"),
    annotated_types.Lt: ("<", "lt"),
}


_REFUSED = object()


def check_value(value: Any, annotation: Any, key: str) -> Any:
    """Return a value if its annotation allows it; whole numbers given for floats become floats.

    Args:
        value: the value, as read from the yaml file.
        annotation: the argument's annotation.
        key: dotted key of the argument, for the message.

    Raises:
        InputError: the annotation does not allow the value.
    """
    validated = _validate(value, annotation)
    if validated is _REFUSED:
        choices = [str(choice) for choice in _choices(annotation)]
        hint = _suggest(value, choices) if isinstance(value, str) else ""
        raise InputError(
            f"{key}: {_quote(value)} is not allowed{hint or ';'} allowed: {describe(annotation)}"
        )
    return _with_floats(value, validated)


def check_arguments(target: Callable[..., Any], arguments: Mapping[Any, Any]) -> None:
    """Refuse arguments from a file that the signature of a class does not allow.

    A config is checked by `config.bind`, which also finds the targets in it. This is for the
    arguments that a checkpoint stores.

    Args:
        target: the class.
        arguments: maps names to values; arguments that are passed otherwise are left out.

    Raises:
        InputError: the class has no such argument, or its annotation does not allow the value.
    """
    hints = constructor_hints(target)
    for name, value in arguments.items():
        if name not in inspect.signature(target).parameters:
            raise InputError(f"{_quote(name)}: no such argument")
        check_value(value, hints.get(name, Any), name)


@functools.cache
def constructor_hints(target: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the annotations of a class's constructor, or of a function."""
    function = target.__init__ if inspect.isclass(target) else target
    return typing.get_type_hints(function, include_extras=True)


def suits(value: Any, annotation: Any) -> bool:
    """Tell whether an annotation allows a value without conversion.

    So `1` is not text, and `true` is not a number. But a whole number is allowed for a float, and a
    list for a tuple, since yaml has no tuples.
    """
    return _validate(value, annotation) is not _REFUSED


@functools.cache
def make_adapter(annotation: Any) -> TypeAdapter[Any] | None:
    """Return pydantic's checker for an annotation; None if pydantic does not support it."""
    try:
        return TypeAdapter(annotation, config=STRICT)
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None


def describe(annotation: Any) -> str:
    """Describe in words what an annotation allows.

    >>> describe(Annotated[int, annotated_types.Ge(1)] | None)
    'a whole number >= 1 or null'
    >>> describe(Literal[64, 32] | Literal["auto", "32"] | None)
    '64, 32, auto or null'
    """
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(str(argument) for argument in arguments)
    if origin is Annotated:
        limits = " and ".join(filter(None, map(_limit, arguments[1:])))
        return f"{describe(arguments[0])} {limits}".rstrip()
    if origin in (Union, types.UnionType):
        # Objects of other types cannot be written in yaml.
        plain = [a for a in arguments if not inspect.isclass(a) or a in WORDS or a is type(None)]
        choices = plain if {*plain} - {type(None)} else arguments
        named = ", ".join(dict.fromkeys(map(str, _choices(annotation))))  # of all literals
        words = (named if get_origin(c) is Literal else describe(c) for c in choices)
        return " or ".join(dict.fromkeys(words))
    if origin in (list, set, frozenset) and arguments:
        return f"a list of {describe(arguments[0])}"
    if origin is tuple:
        return f"a list of {len(arguments)}: " + ", ".join(describe(a) for a in arguments)
    if origin is dict or annotation is dict:
        return "a mapping"
    if annotation is None or annotation is type(None):
        return "null"
    return WORDS.get(annotation) or str(getattr(annotation, "__name__", annotation))


def _validate(value: Any, annotation: Any) -> Any:
    """Return the value as pydantic validates it, or `_REFUSED`."""
    if inspect.isclass(annotation) and is_dataclass(annotation):  # pydantic would make an instance
        return value if isinstance(value, annotation) else _REFUSED
    checker = make_adapter(annotation)
    if checker is None:
        return value
    for candidate in (value, _as_tuples(value)):
        with suppress(ValidationError):
            validated = checker.validate_python(candidate)
            # pydantic accepts `true` for Literal[1] and returns 1
            return validated if isinstance(validated, bool) == isinstance(value, bool) else _REFUSED
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


def _suggest(value: str, choices: list[str]) -> str:
    """Suggest a choice that is similar to the value or begins with it."""
    longer = [choice for choice in choices if value and choice.startswith(value)]
    return did_you_mean(value, choices) or did_you_mean(value, longer, likeness=0)


def _quote(value: Any) -> str:
    text = "null" if value is None else short_repr(value)
    return text.lower() if isinstance(value, bool) else text
