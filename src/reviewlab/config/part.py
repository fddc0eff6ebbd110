"""A part of an experiment, such as its model: a `_target_` and its checked arguments."""

import functools
import inspect
import json
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

TARGET = "_target_"

Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True)
class Part(Generic[Made_co]):
    """A class or function and its arguments, from which an object is built when it is needed.

    Args:
        target: dotted name of the factory, as in the config.
        factory: the class or function of that name.
        arguments: maps each argument's name to a plain value or an inner part. An absent argument
            keeps its default or is supplied by the data or the run when the part is built.
    """

    target: str
    factory: Callable[..., Made_co]
    arguments: Mapping[str, object]

    @property
    def name(self) -> str:
        """The name of the target without its module."""
        return self.target.rpartition(".")[2]

    def build(self, facts: Mapping[str, object] | None = None) -> Made_co:
        """Build the object.

        Args:
            facts: arguments known only now, such as `vocab_size`; those that the factory does not
                take are ignored.
        """
        parameters = inspect.signature(self.factory).parameters
        wanted = {name: fact for name, fact in (facts or {}).items() if name in parameters}
        return self.prepare()(**wanted)

    def prepare(self) -> functools.partial[Made_co]:
        """Return the factory with this part's arguments bound; the caller passes the others."""
        return functools.partial(
            self.factory, **{n: _build_value(v) for n, v in self.arguments.items()}
        )

    def value(self, name: str, default: Any = None) -> Any:
        """Return the value of an argument, else its default in the signature, else `default`."""
        if name in self.arguments:
            return self.arguments[name]
        parameter = inspect.signature(self.factory).parameters.get(name)
        if parameter is None or parameter.default is parameter.empty:
            return default
        return parameter.default

    def with_arguments(self, **changes: object) -> "Part[Made_co]":
        """Return a copy with these arguments changed."""
        return replace(self, arguments={**self.arguments, **changes})

    def without(self, *names: str) -> "Part[Made_co]":
        """Return a copy without these arguments; a dotted name refers to an inner part."""
        remaining = dict(self.arguments)
        for name in names:
            first, _, rest = name.partition(".")
            inner = remaining.get(first)
            if not rest:
                remaining.pop(first, None)
            elif isinstance(inner, Part):
                remaining[first] = inner.without(rest)
        return replace(self, arguments=remaining)

    def settings(self, prefix: str = "") -> Iterator[tuple[str, object]]:
        """Yield the dotted name and value of each plain argument, inner parts included."""
        for name, value in self.arguments.items():
            if isinstance(value, Part):
                yield from value.settings(f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", value


def as_config(value: Any) -> Any:
    """Convert `value` to the mappings, lists and plain values of a config file.

    Args:
        value: a part, a dataclass of parts, or anything that they contain.
    """
    if isinstance(value, Part):
        return {TARGET: value.target, **{n: as_config(v) for n, v in value.arguments.items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_config(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: as_config(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_config(item) for item in value]
    return value


def without_parts(annotation: Any) -> Any:
    """Replace each `Part[X]` in an annotation by `X`.

    >>> without_parts(dict[str, Part[int] | None])
    dict[str, int | None]
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Part:
        return arguments[0]
    if origin in (Union, types.UnionType):
        return Union[tuple(map(without_parts, arguments))]  # noqa: UP007  built at run time
    if origin is dict:
        return dict[arguments[0], without_parts(arguments[1])]  # type: ignore[misc, valid-type]
    return annotation


def digest_key(*parts: object) -> str:
    """Return the configs of `parts` as one string; equal configs give equal strings."""
    return json.dumps([as_config(part) for part in parts], sort_keys=True)


def _build_value(value: object) -> object:
    return value.build() if isinstance(value, Part) else value
