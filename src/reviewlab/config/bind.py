"""From a composed config to a typed one, checked against the signatures of what it names."""

import difflib
import inspect
import types
from collections.abc import Callable, Collection
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from reviewlab.config.compose import CONFIGS
from reviewlab.config.hydra_errors import choices, unknown_key
from reviewlab.config.part import TARGET, Part
from reviewlab.config.signatures import Argument, arguments, locate, makes
from reviewlab.config.values import check, words
from reviewlab.exceptions import InputError, did_you_mean

Root = TypeVar("Root")

FROM_DATA = frozenset({"vocab_size", "num_classes", "class_counts", "max_length"})
PROVIDED = {
    "model": FROM_DATA | {"objective"},
    "loss": FROM_DATA,
    "optimizer": frozenset({"params"}),
    "scheduler": frozenset({"optimizer", "total_steps"}),
    "trainer": frozenset(
        {"callbacks", "logger", "default_root_dir", "plugins"}
        # a run saves, logs and validates at every epoch's end, and is measured there
        | {"enable_checkpointing", "barebones", "val_check_interval"}
    ),
    "logger": frozenset({"run_folder"}),
}
"""By group, the arguments that come from the data or from the run: bound as present, never set."""


def bind(config: dict[str, Any], root: Callable[..., Root], key: str = "") -> Root:
    """Make an instance of `root` from a config, or refuse what its targets would not take.

    A number that need not be whole becomes a float, so that one experiment reads one way, however
    it was typed.

    Args:
        config: resolved, of plain types.
        root: a class whose signature says which keys the config has, and what each of them makes.
        key: where the config stands in a larger one.

    Raises:
        InputError: names the dotted key, its value and what is allowed.
    """
    return root(**_bind_arguments(config, arguments(root, key), key, frozenset()))


def _bind_arguments(
    given: dict[str, Any], parameters: dict[str, Argument], key: str, provided: Collection[str]
) -> dict[str, Any]:
    prefix = f"{key}." if key else ""
    bound = {}
    for name, value in given.items():
        if name not in parameters:
            names = [f"{prefix}{k}" for k in (*parameters, *([TARGET] if key else []))]
            raise InputError(unknown_key(f"{prefix}{name}", names))
        if name in provided:
            raise InputError(f"{prefix}{name}: comes from the data or the run; it cannot be set")
        bound[name] = _bind_value(value, parameters[name].annotation, f"{prefix}{name}")
    for name, argument in parameters.items():
        if argument.required and name not in given and name not in provided:
            raise InputError(f"{prefix}{name}: missing; allowed: {words(argument.annotation)}")
    return bound


def _bind_value(value: Any, annotation: Any, key: str) -> Any:
    if isinstance(value, dict) and TARGET in value:
        return _bind_part(value, annotation, key)
    if isinstance(value, dict) and get_origin(annotation) is dict:
        wanted = get_args(annotation)[1]
        for name, item in value.items():
            if isinstance(item, dict) and TARGET not in item and _classes(wanted):
                kind = _classes(wanted)[0].__name__.lower()
                raise InputError(_not_chosen(key, name, kind))
        return {name: _bind_value(item, wanted, f"{key}.{name}") for name, item in value.items()}
    if isinstance(value, dict) and _classes(annotation):
        raise InputError(_without_target(value, annotation, key))
    return check(value, annotation, key)


def _without_target(node: dict[str, Any], annotation: Any, key: str) -> str:
    for close in difflib.get_close_matches(TARGET, node, n=1):
        return f"{key}.{close}: no such key; did you mean '{key}.{TARGET}'?"
    return f"{key}: a {words(annotation)} needs the key {TARGET!r}"


def _not_chosen(group: str, name: str, kind: str) -> str:
    """Explain why a member of a group that takes several choices has no target."""
    files = choices(CONFIGS, group)
    if name not in files:
        hint = did_you_mean(name, files) or f"; allowed: {', '.join(files)}"
        return f"{group}.{name}: no such {kind}{hint}"
    # an experiment sets it, and the command line has chosen others in its place
    return f"{group}.{name}: has no {TARGET!r}; choose it as well: {group}=[{name},...]"


def _bind_part(node: dict[str, Any], annotation: Any, key: str) -> Part[Any]:
    factory = locate(node[TARGET], key)
    wanted = _classes(annotation)
    # Whatever does not say that it makes what is wanted here could do anything when it is called.
    if not any(issubclass(c, wanted) for c in _classes(makes(factory))):
        raise InputError(f"{key}.{TARGET}: {node[TARGET]!r} does not make {words(annotation)}")
    given = {name: value for name, value in node.items() if name != TARGET}
    provided = PROVIDED.get(key, frozenset())
    bound = _bind_arguments(given, arguments(factory, key), key, provided)
    return Part(node[TARGET], factory, bound)


def _classes(annotation: Any) -> tuple[type, ...]:
    """Return the classes of objects that an annotation names; none for plain values."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _classes(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(c for argument in get_args(annotation) for c in _classes(argument))
    plain = (str, int, float, bool, list, dict, tuple, type(None))
    return (annotation,) if inspect.isclass(annotation) and annotation not in plain else ()
