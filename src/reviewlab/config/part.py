"""One part of an experiment: what a `_target_` makes, and the checked arguments for it."""

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
    """A target with its arguments, from which the object can be built when it is needed.

    Args:
        target: dotted name of the factory, as the config gives it.
        factory: the class or function of that name.
        arguments: by name, plain values and further parts; what is missing has its default, or
            comes from the data or the run when the part is built.
    """

    target: str
    factory: Callable[..., Made_co]
    arguments: Mapping[str, object]

    @property
    def name(self) -> str:
        """Name of the target without its module."""
        return self.target.rpartition(".")[2]

    def build(self, facts: Mapping[str, object] | None = None) -> Made_co:
        """Build the object, with those of `facts` that the factory's signature names."""
        taken = inspect.signature(self.factory).parameters
        named = {name: fact for name, fact in (facts or {}).items() if name in taken}
        return self.prepare()(**named)

    def prepare(self) -> functools.partial[Made_co]:
        """Return a factory that makes the object once it is called with what is missing."""
        return functools.partial(self.factory, **{n: _built(v) for n, v in self.arguments.items()})

    def value(self, name: str, default: Any = None) -> Any:
        """Return an argument: as given, else as the signature has it, else `default`."""
        if name in self.arguments:
            return self.arguments[name]
        parameter = inspect.signature(self.factory).parameters.get(name)
        if parameter is None or parameter.default is parameter.empty:
            return default
        return parameter.default

    def with_arguments(self, **changes: object) -> "Part[Made_co]":
        """Return a copy in which these arguments have other values."""
        return replace(self, arguments={**self.arguments, **changes})

    def without(self, *names: str) -> "Part[Made_co]":
        """Return a copy in which these arguments have their defaults; dots lead into parts."""
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
        """Yield every plain argument by its dotted name, those of inner parts included."""
        for name, value in self.arguments.items():
            if isinstance(value, Part):
                yield from value.settings(f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", value


def as_config(value: Any) -> Any:
    """Return `value` as a config file holds it: mappings, lists and plain values.

    Args:
        value: a part, an instance of a dataclass of parts, or what these consist of.
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
    """Return an annotation with `X` for each `Part[X]` in it.

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
    """Return a text that two groups of parts share only where they are configured alike."""
    return json.dumps([as_config(part) for part in parts], sort_keys=True)


def _built(value: object) -> object:
    return value.build() if isinstance(value, Part) else value
